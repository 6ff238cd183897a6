/** Authenticated encryption with keys of 32, nonces of 12 and tags of 16 bytes. A nonce serves a key once. */
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { E2eeError } from './error.ts';

export const aeadKeyBytes = 32;
export const aeadNonceBytes = 12;
export const aeadTagBytes = 16;

export interface Aead {
  /** The ciphertext with the tag behind it. */
  encrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Throws `bad-message` unless the tag fits; nothing is decrypted before that is known. */
  decrypt(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, ciphertext: Uint8Array): Uint8Array;
}

type Make = (
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
) => { encrypt(plaintext: Uint8Array): Uint8Array; decrypt(ciphertext: Uint8Array): Uint8Array };

function aead(make: Make): Aead {
  const checked: Make = (key, nonce, ad) => {
    if (key.length !== aeadKeyBytes || nonce.length !== aeadNonceBytes) throw new E2eeError('bad-key');
    return make(key, nonce, ad);
  };
  return {
    encrypt: (key, nonce, ad, plaintext) => checked(key, nonce, ad).encrypt(plaintext),
    decrypt: (key, nonce, ad, ciphertext) => {
      const cipher = checked(key, nonce, ad);
      try {
        return cipher.decrypt(ciphertext);
      } catch {
        throw new E2eeError('bad-message');
      }
    },
  };
}

/** [RFC 8439 §2.8] */
export const chaCha20Poly1305: Aead = aead(chacha20poly1305);

/** [NIST SP 800-38D]. In JavaScript slower than ChaCha20, and its tables leak by timing: only where a peer wants it. */
export const aes256Gcm: Aead = aead(gcm);
