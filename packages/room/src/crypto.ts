/** The primitives that the log needs, handed in: this package does no I/O and is synchronous. */
export interface Crypto {
  /** SHA-256 [FIPS 180-4]. */
  sha256(bytes: Uint8Array): Uint8Array;
  /** Ed25519 by this server's identity [RFC 8032]. */
  sign(message: Uint8Array): Uint8Array;
  /** Cofactorless, strict encodings only. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const zeroHash = new Uint8Array(32);

/** SHA-256 of the parts laid end to end. */
export function hashOf(crypto: Crypto, ...chunks: Uint8Array[]): Uint8Array {
  return crypto.sha256(chunks.length === 1 ? chunks[0]! : concat(chunks));
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
