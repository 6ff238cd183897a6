/** Diffie-Hellman over Curve25519 [RFC 7748 §5]: keys and shared secrets are 32 bytes each. */
import { x25519 as curve } from '@noble/curves/ed25519.js';
import { E2eeError } from './error.ts';

export const x25519Bytes = 32;

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** X25519 as a platform offers it: one with a native curve may hand in its own. Arguments are 32 bytes, and results. */
export interface DiffieHellman {
  publicKey(secretKey: Uint8Array): Uint8Array;
  /** May throw for a point of small order, or return zeros. */
  sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
}

export const x25519: DiffieHellman = {
  publicKey: (secretKey) => curve.getPublicKey(secretKey),
  sharedSecret: (secretKey, publicKey) => curve.getSharedSecret(secretKey, publicKey),
};

/** The pair of a secret key: any 32 random bytes, which are copied. Throws `bad-key` for another length. */
export function x25519KeyPair(secretKey: Uint8Array, dh: DiffieHellman = x25519): KeyPair {
  if (secretKey.length !== x25519Bytes) throw new E2eeError('bad-key');
  const own = Uint8Array.from(secretKey);
  return { secretKey: own, publicKey: dh.publicKey(own) };
}

/**
 * The secret that two keys share. Throws `bad-key` for another length, and for a point of small order, with which
 * everybody shares zeros [RFC 7748 §6.1].
 */
export function sharedSecret(dh: DiffieHellman, secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (secretKey.length !== x25519Bytes || publicKey.length !== x25519Bytes) throw new E2eeError('bad-key');
  const shared = tryShared(dh, secretKey, publicKey);
  let bits = 0;
  for (const byte of shared) bits |= byte;
  if (shared.length !== x25519Bytes || bits === 0) throw new E2eeError('bad-key');
  return shared;
}

function tryShared(dh: DiffieHellman, secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  try {
    return dh.sharedSecret(secretKey, publicKey);
  } catch {
    throw new E2eeError('bad-key');
  }
}
