/**
 * The X25519 key that belongs to an Ed25519 identity, so that whoever knows an id can encrypt to it: the birational map
 * of RFC 7748 §4.1 for the public key, the secret scalar of RFC 8032 §5.1.5 for the seed. One key for signatures and for
 * HPKE's KEM together is safe as proven in "On using the same key pair for Ed25519 and an X25519 based KEM" (2021/509).
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { strictPoint } from './ed25519.ts';
import { E2eeError } from './error.ts';
import { type KeyPair, x25519KeyPair } from './x25519.ts';

/** Throws `bad-key` unless it is a point of the prime-order group in its shortest form. */
export function addressKey(identity: Uint8Array): Uint8Array {
  const point = strictPoint(identity);
  // The neutral element has no image; of a point with a part of small order the secret's owner would see another one.
  if (point === undefined || point.is0() || !point.isTorsionFree()) throw new E2eeError('bad-key');
  return ed25519.utils.toMontgomery(identity);
}

/** The pair of an identity's seed of 32 bytes. Throws `bad-key` for another length. */
export function addressKeyPair(seed: Uint8Array): KeyPair {
  if (seed.length !== 32) throw new E2eeError('bad-key');
  return x25519KeyPair(ed25519.utils.toMontgomerySecret(seed));
}
