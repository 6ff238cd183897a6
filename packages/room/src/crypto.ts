/** The primitives that the log needs, handed in: this package does no I/O and is synchronous. */
export interface Crypto {
  /** SHA-256 [FIPS 180-4] of the chunks laid end to end. */
  sha256(...chunks: readonly Uint8Array[]): Uint8Array;
  /** Ed25519 by this server's identity [RFC 8032]. */
  sign(message: Uint8Array): Uint8Array;
  /** Cofactorless, strict encodings only. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const zeroHash = new Uint8Array(32);

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
