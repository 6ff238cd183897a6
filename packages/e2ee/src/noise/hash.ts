/** The hash functions that a Noise protocol may name [Noise §4.3, §12.5–12.8], and its HKDF. */
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { hkdf as rfc5869 } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import { noBytes } from '../bytes.ts';

export const hashes = {
  SHA256: sha256,
  SHA512: sha512,
  BLAKE2s: blake2s,
  BLAKE2b: blake2b,
} as const satisfies Record<string, CHash>;

export type HashName = keyof typeof hashes;
export type Hash = CHash;

/** HKDF(chaining_key, input_key_material, n) [Noise §4.3], which is that of RFC 5869 with empty info: n outputs. */
export function hkdf(hash: Hash, chainingKey: Uint8Array, material: Uint8Array, outputs: 2 | 3): Uint8Array[] {
  const whole = rfc5869(hash, material, chainingKey, noBytes, hash.outputLen * outputs);
  return Array.from({ length: outputs }, (_, i) => whole.slice(i * hash.outputLen, (i + 1) * hash.outputLen));
}
