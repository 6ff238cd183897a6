/** Ed25519 [RFC 8032 §5.1]: seeds and public keys are 32 bytes, signatures 64. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, equalBytes } from './bytes.ts';

const { Point } = ed25519;

export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

/**
 * Whether `publicKey` signed `message`: strict and without cofactor, the one rule that servers hold the log to. False
 * for another length, an S of at least the group's order, a point not in its shortest form and a key of small order.
 * The library's own check multiplies by the cofactor, so it takes signatures that OpenSSL refuses. Never throws.
 */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = strictPoint(publicKey);
  const s = littleEndian(signature.subarray(32));
  if (key === undefined || key.isSmallOrder() || s >= Point.Fn.ORDER) return false; // [RFC 8032 §5.1.7 step 1]
  const r = signature.subarray(0, 32);
  const k = Point.Fn.create(littleEndian(sha512(concat(r, publicKey, message)))); // [§5.1.7 step 2]
  // [§5.1.7 step 3] R = S·B − k·A; comparing its only encoding refuses every other spelling of R.
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
  return equalBytes(expected.toBytes(), r);
}

/** The point that bytes stand for in their shortest form, or undefined. */
export function strictPoint(bytes: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(bytes, false);
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}
