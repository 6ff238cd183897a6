/**
 * Content beside the log. The log holds only the hash, so text can be taken away and the chain still verifies; the salt
 * keeps short texts from being guessed by their hash.
 */
import { type Crypto, equalBytes } from './crypto.ts';

export const saltBytes = 16;

export interface Part {
  salt: Uint8Array;
  bytes: Uint8Array;
}
export interface PartRef {
  hash: Uint8Array;
  /** Of the bytes, without the salt. */
  size: number;
}

/** The reference that an act holds: SHA-256(salt ‖ bytes) and the size. */
export function refOf(crypto: Crypto, part: Part): PartRef {
  return { hash: crypto.sha256(part.salt, part.bytes), size: part.bytes.length };
}

export function matches(crypto: Crypto, ref: PartRef, part: Part): boolean {
  return (
    part.salt.length === saltBytes && part.bytes.length === ref.size && equalBytes(refOf(crypto, part).hash, ref.hash)
  );
}
