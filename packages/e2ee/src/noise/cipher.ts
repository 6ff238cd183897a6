/** The cipher functions that a Noise protocol may name [Noise §4.2]: keys of 32 bytes, nonces of 64 bits. */
import { type Aead, aeadKeyBytes, aeadNonceBytes, aes256Gcm, chaCha20Poly1305 } from '../aead.ts';
import { noBytes } from '../bytes.ts';

export interface Cipher {
  encrypt(key: Uint8Array, nonce: bigint, ad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Throws `bad-message` unless the tag fits. */
  decrypt(key: Uint8Array, nonce: bigint, ad: Uint8Array, ciphertext: Uint8Array): Uint8Array;
}

export const ciphers = {
  ChaChaPoly: withCounter(chaCha20Poly1305, true), // [Noise §12.3]
  AESGCM: withCounter(aes256Gcm, false), // [Noise §12.4]
} as const satisfies Record<string, Cipher>;

export type CipherName = keyof typeof ciphers;

/** The nonce that no message ever has [Noise §5.1]. */
export const maxNonce = 2n ** 64n - 1n;

/** REKEY(k): what the cipher makes of 32 zeros under the last nonce, without the tag [Noise §4.2]. */
export function rekeyed(cipher: Cipher, key: Uint8Array): Uint8Array {
  return cipher.encrypt(key, maxNonce, noBytes, new Uint8Array(aeadKeyBytes)).slice(0, aeadKeyBytes);
}

/** The 96-bit nonce is 32 zero bits and the counter. */
function withCounter(aead: Aead, isLittleEndian: boolean): Cipher {
  const encoded = (counter: bigint) => {
    const nonce = new Uint8Array(aeadNonceBytes);
    new DataView(nonce.buffer).setBigUint64(4, counter, isLittleEndian);
    return nonce;
  };
  return {
    encrypt: (key, nonce, ad, plaintext) => aead.encrypt(key, encoded(nonce), ad, plaintext),
    decrypt: (key, nonce, ad, ciphertext) => aead.decrypt(key, encoded(nonce), ad, ciphertext),
  };
}
