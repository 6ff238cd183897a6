/** The running hash, the chaining key and the cipher of a handshake [Noise §5.2]. */
import { aeadKeyBytes } from '../aead.ts';
import { concat, noBytes, wipe } from '../bytes.ts';
import type { Cipher } from './cipher.ts';
import { CipherState } from './cipher-state.ts';
import { type Hash, hkdf } from './hash.ts';

export class SymmetricState {
  readonly #cipher: Cipher;
  readonly #hash: Hash;
  #chainingKey: Uint8Array;
  #h: Uint8Array;
  #cipherState: CipherState | undefined;

  /** InitializeSymmetric(protocol_name): short names are filled up with zeros, long ones hashed. */
  constructor(cipher: Cipher, hash: Hash, protocolName: string) {
    const name = new TextEncoder().encode(protocolName);
    this.#cipher = cipher;
    this.#hash = hash;
    this.#h = name.length <= hash.outputLen ? concat(name, new Uint8Array(hash.outputLen - name.length)) : hash(name);
    this.#chainingKey = this.#h.slice();
  }

  get hasKey(): boolean {
    return this.#cipherState !== undefined;
  }

  mixKey(material: Uint8Array): void {
    const [chainingKey, key] = hkdf(this.#hash, this.#chainingKey, material, 2);
    this.#advance(chainingKey!, key!);
  }

  mixHash(data: Uint8Array): void {
    this.#h = this.#hash(concat(this.#h, data));
  }

  /** For pre-shared keys [Noise §9.1]. */
  mixKeyAndHash(material: Uint8Array): void {
    const [chainingKey, hash, key] = hkdf(this.#hash, this.#chainingKey, material, 3);
    this.mixHash(hash!);
    this.#advance(chainingKey!, key!);
  }

  /** GetHandshakeHash(): the same on both sides, and for no other handshake [Noise §11.2]. */
  handshakeHash(): Uint8Array {
    return this.#h.slice();
  }

  /** In clear until there is a key. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipherState?.encryptWithAd(this.#h, plaintext) ?? plaintext.slice();
    this.mixHash(ciphertext);
    return ciphertext;
  }

  decryptAndHash(ciphertext: Uint8Array): Uint8Array {
    const plaintext = this.#cipherState?.decryptWithAd(this.#h, ciphertext) ?? ciphertext.slice();
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** The ciphers of the messages to the responder and to the initiator. This state is over then. */
  split(): [toResponder: CipherState, toInitiator: CipherState] {
    const [first, second] = hkdf(this.#hash, this.#chainingKey, noBytes, 2);
    this.end();
    return [new CipherState(this.#cipher, shortened(first!)), new CipherState(this.#cipher, shortened(second!))];
  }

  end(): void {
    wipe(this.#chainingKey);
    this.#cipherState?.end();
  }

  #advance(chainingKey: Uint8Array, key: Uint8Array): void {
    this.end();
    this.#chainingKey = chainingKey;
    this.#cipherState = new CipherState(this.#cipher, shortened(key));
  }
}

/** A key of a hash of 64 bytes is its first 32 [Noise §5.2]. */
function shortened(key: Uint8Array): Uint8Array {
  const short = key.slice(0, aeadKeyBytes);
  wipe(key);
  return short;
}
