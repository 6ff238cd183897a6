// The primitives of the room log, by node:crypto. Results are plain Uint8Arrays in memory of their own, for Buffers
// share memory and slice otherwise; they come by way of text, which costs a third of what a Buffer costs.
import { createHash, createPublicKey, hash, type KeyObject, verify as verifySignature } from 'node:crypto';
import type { Crypto } from '@parley/room';
import type { Identity } from './identity.ts';

/** What stands before the 32 bytes of an Ed25519 public key in SubjectPublicKeyInfo [RFC 8410 §4]. */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Where small chunks are laid end to end: a stream of them costs three times as much. */
const joint = new Uint8Array(2_048);

/** SHA-256 [FIPS 180-4] of the chunks laid end to end. */
export function sha256(...chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return fromLatin1(hash('sha256', chunks[0]!, 'latin1'));
  let size = 0;
  for (const { length } of chunks) size += length;
  if (size > joint.length) {
    const whole = createHash('sha256');
    for (const chunk of chunks) whole.update(chunk);
    return fromLatin1(whole.digest('latin1'));
  }
  let at = 0;
  for (const chunk of chunks) {
    joint.set(chunk, at);
    at += chunk.length;
  }
  return fromLatin1(hash('sha256', joint.subarray(0, size), 'latin1'));
}

/**
 * Ed25519 [RFC 8032 §5.1.7], cofactorless and strict: false for another length of key or signature, for S of at least
 * the group's order, for a key or R that is not in its shortest form, and for keys of small order, under which one
 * signature fits many messages. Never throws.
 */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64 || !isReduced(publicKey)) return false;
  const key = importedKey(publicKey);
  // OpenSSL compares the encoding of R, refuses a large S, and Node refuses points of small order.
  return key !== undefined && verifySignature(null, message, key, signature);
}

export function createCrypto(identity: Pick<Identity, 'sign'>): Crypto {
  return { sha256, sign: (message) => identity.sign(message), verify };
}

function importedKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.concat([ed25519Prefix, publicKey]), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Whether y is below p = 2^255 - 19; OpenSSL takes larger ones too. The top bit is the sign of x. */
function isReduced(point: Uint8Array): boolean {
  if ((point[31]! & 0x7f) !== 0x7f || point[0]! < 0xed) return true;
  for (let index = 1; index < 31; index += 1) if (point[index] !== 0xff) return true;
  return false;
}

/** The bytes of a text whose every letter stands for one. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
