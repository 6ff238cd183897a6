// A key and its counter [Noise §5.1]. There is always a key: text in clear, before there is one, is the symmetric state's.
import { aeadTagBytes } from '../aead.ts';
import { wipe } from '../bytes.ts';
import { E2eeError } from '../error.ts';
import { type Cipher, maxNonce, rekeyed } from './cipher.ts';

/** No Noise message is longer [Noise §3]. */
export const maxMessageBytes = 65_535;

export class CipherState {
  readonly #cipher: Cipher;
  #key: Uint8Array | undefined;
  #nonce = 0n;

  /** Takes the key: 32 bytes, wiped when the state ends. */
  constructor(cipher: Cipher, key: Uint8Array) {
    this.#cipher = cipher;
    this.#key = key;
  }

  /** The nonce of the next message; the number of messages so far, unless it was set. */
  get nonce(): bigint {
    return this.#nonce;
  }

  /**
   * For messages that may come in any order and carry their nonce [Noise §11.4]. A sender must never go back. The last
   * of the 2^64 nonces is reserved: with it a state is exhausted.
   */
  setNonce(nonce: bigint): void {
    if (nonce < 0n || nonce > maxNonce) throw new RangeError('not a nonce');
    this.#nonce = nonce;
  }

  /** 16 bytes longer than the plaintext. Throws `too-large` above 65,535 bytes in all, `exhausted`, `ended`. */
  encryptWithAd(ad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const key = this.#usableKey();
    if (plaintext.length > maxMessageBytes - aeadTagBytes) throw new E2eeError('too-large');
    const ciphertext = this.#cipher.encrypt(key, this.#nonce, ad, plaintext);
    this.#nonce += 1n;
    return ciphertext;
  }

  /** Throws `bad-message`, and the nonce stays [Noise §5.1]; `too-large`, `exhausted`, `ended`. */
  decryptWithAd(ad: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const key = this.#usableKey();
    if (ciphertext.length > maxMessageBytes) throw new E2eeError('too-large');
    const plaintext = this.#cipher.decrypt(key, this.#nonce, ad, ciphertext);
    this.#nonce += 1n;
    return plaintext;
  }

  /** A new key made of the old one, which is forgotten; the nonce goes on [Noise §11.3]. Both sides at the same nonce. */
  rekey(): void {
    const old = this.#key;
    if (old === undefined) throw new E2eeError('ended');
    this.#key = rekeyed(this.#cipher, old);
    wipe(old);
  }

  /** Forgets the key. Whatever is asked afterwards is refused as `ended`. */
  end(): void {
    wipe(this.#key);
    this.#key = undefined;
  }

  #usableKey(): Uint8Array {
    if (this.#key === undefined) throw new E2eeError('ended');
    if (this.#nonce === maxNonce) throw new E2eeError('exhausted'); // [Noise §5.1]
    return this.#key;
  }
}
