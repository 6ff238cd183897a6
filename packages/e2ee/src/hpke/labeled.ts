/** HKDF-SHA256 with HPKE's labels [RFC 9180 §4]. */
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes.ts';

const version = ascii('HPKE-v1');

export function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array): Uint8Array {
  return extract(sha256, concat(version, suite, ascii(label), material), salt);
}

export function labeledExpand(
  suite: Uint8Array,
  secret: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  return expand(
    sha256,
    secret,
    concat(Uint8Array.of(length >> 8, length & 0xff), version, suite, ascii(label), info),
    length,
  );
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
