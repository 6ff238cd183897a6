/**
 * Messages to a key, whose owner need not be there: HPKE in base mode, one message for each encapsulation [RFC 9180 §6.1],
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. It says nothing about the sender, who proves it inside, and
 * who later learns the recipient's secret key can read it.
 */
import { limits } from '@parley/protocol';
import { aeadTagBytes, chaCha20Poly1305 } from '../aead.ts';
import { concat, wipe } from '../bytes.ts';
import { E2eeError } from '../error.ts';
import { type KeyPair, x25519Bytes, x25519KeyPair } from '../x25519.ts';
import { decapsulate, encapsulate } from './kem.ts';
import { keySchedule } from './key-schedule.ts';

/** How much longer than the plaintext a sealed message is: the encapsulation before, the tag behind. */
export const hpkeOverheadBytes = x25519Bytes + aeadTagBytes;

export interface HpkeContext {
  /** What the message is for; another purpose's message does not open. */
  readonly info: Uint8Array;
  /** What goes with the message in clear and must not change. */
  readonly ad: Uint8Array;
}

export interface HpkeSeal extends HpkeContext {
  /** X25519 public key. */
  readonly recipient: Uint8Array;
  readonly plaintext: Uint8Array;
  /** From the platform's secure source; what it returns is wiped. */
  readonly randomBytes: (length: number) => Uint8Array;
}

export interface HpkeOpen extends HpkeContext {
  readonly recipient: KeyPair;
  readonly sealed: Uint8Array;
}

/** SealBase(): enc ‖ ct. Throws `bad-key`, and `too-large` for more than a frame holds. */
export function hpkeSeal({ recipient, info, ad, plaintext, randomBytes }: HpkeSeal): Uint8Array {
  if (plaintext.length + hpkeOverheadBytes > limits.frameBytes) throw new E2eeError('too-large');
  const random = randomBytes(x25519Bytes);
  const ephemeral = x25519KeyPair(random);
  const { enc, secret } = encapsulate(recipient, ephemeral);
  const { key, baseNonce } = keySchedule(secret, info);
  const sealed = concat(enc, chaCha20Poly1305.encrypt(key, baseNonce, ad, plaintext)); // The nonce of sequence number 0.
  wipe(random, ephemeral.secretKey, secret, key);
  return sealed;
}

/**
 * OpenBase(). Throws `bad-message` for what was not sealed to this key with this info and ad, `bad-key` for an
 * encapsulation of small order, `too-large`.
 */
export function hpkeOpen({ recipient, info, ad, sealed }: HpkeOpen): Uint8Array {
  if (sealed.length > limits.frameBytes) throw new E2eeError('too-large');
  if (sealed.length < hpkeOverheadBytes) throw new E2eeError('bad-message');
  const secret = decapsulate(sealed.subarray(0, x25519Bytes), recipient);
  const { key, baseNonce } = keySchedule(secret, info);
  try {
    return chaCha20Poly1305.decrypt(key, baseNonce, ad, sealed.subarray(x25519Bytes));
  } finally {
    wipe(secret, key);
  }
}
