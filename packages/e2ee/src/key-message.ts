/**
 * Messages to a key: sealed to the recipient, and inside signed by the sender's key over everything, the recipient
 * included. So nobody but the recipient reads it, the sender is certain, and the recipient cannot pass it on as if it
 * had been for another. Who sent it is seen by nobody else; but the servers see from where and to which key it goes.
 */
import { decodeCanonical, encodeCbor, limits } from '@parley/protocol';
import { addressKey, addressKeyPair } from './address-key.ts';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from './ed25519.ts';
import { E2eeError } from './error.ts';
import { hpkeOpen, hpkeSeal } from './hpke/hpke.ts';
import type { KeyPair } from './x25519.ts';

const label = 'parley key message v1';
const info = new TextEncoder().encode(label);
const idBytes = 16;
const keyBytes = 32;

export interface KeyMessage {
  /** The sender's Ed25519 key, proven. */
  readonly from: Uint8Array;
  /** Drawn by the sender: the same id is the same message. */
  readonly id: Uint8Array;
  /** By the sender's clock, Unix ms. */
  readonly at: number;
  /** What the sender wants to be called; proven by nothing. */
  readonly name: string | undefined;
  readonly text: string;
}

/** A key of one's own. Its secret stays inside. */
export interface OwnKey {
  /** Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array;
  /** An Ed25519 signature, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** Rejects with E2eeError: `bad-key` for what is no address, `too-large`. */
  seal(to: Uint8Array, message: { text: string; name?: string | undefined }): Promise<Uint8Array>;
  /** Rejects with E2eeError `bad-message` for what is not for this key, or not from whom it says. */
  open(sealed: Uint8Array): Promise<KeyMessage>;
}

export interface Surroundings {
  /** Unix ms. */
  readonly now: () => number;
  /** From the platform's secure source. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The key of an Ed25519 seed of 32 bytes. Throws `bad-key` for another length. */
export function ownKey(seed: Uint8Array, { now, randomBytes }: Surroundings): OwnKey {
  const pair = addressKeyPair(seed);
  const secret = Uint8Array.from(seed);
  const key = ed25519PublicKey(secret);
  return {
    key,
    sign: async (message) => ed25519Sign(secret, message),
    async seal(to, { text, name }) {
      if (text.length > limits.keyText || (name?.length ?? 0) > limits.displayName) throw new E2eeError('too-large');
      const recipient = addressKey(to);
      const body = bodyOf(to, { from: key, id: randomBytes(idBytes), at: now(), name, text });
      const plaintext = encodeCbor([body, ed25519Sign(secret, body)]);
      return hpkeSeal({ recipient, info, ad: to, plaintext, randomBytes });
    },
    open: async (sealed) => read(key, opened(key, pair, sealed)),
  };
}

/** What is signed: a canonical CBOR array [RFC 8949 §4.2.1]. */
const bodyOf = (to: Uint8Array, { from, id, at, name, text }: KeyMessage): Uint8Array =>
  encodeCbor([label, to, from, id, at, name ?? null, text]);

function opened(key: Uint8Array, recipient: KeyPair, sealed: Uint8Array): Uint8Array {
  try {
    return hpkeOpen({ recipient, info, ad: key, sealed });
  } catch {
    // An encapsulation that is no key is a message of nobody.
    throw new E2eeError('bad-message');
  }
}

function read(own: Uint8Array, plaintext: Uint8Array): KeyMessage {
  const [body, signature, ...rest] = list(plaintext);
  if (!(body instanceof Uint8Array) || !(signature instanceof Uint8Array) || rest.length > 0) throw bad();
  const [says, to, from, id, at, name, text, ...more] = list(body);
  if (says !== label || more.length > 0 || !isBytes(to, keyBytes) || !isBytes(from, keyBytes)) throw bad();
  if (!isBytes(id, idBytes) || !Number.isSafeInteger(at) || (at as number) < 0) throw bad();
  if (!isText(text, limits.keyText) || !(name === null || isText(name, limits.displayName))) throw bad();
  if (to.some((byte, i) => byte !== own[i]) || !ed25519Verify(from, body, signature)) throw bad();
  return { from, id, at: at as number, name: name ?? undefined, text };
}

const bad = (): E2eeError => new E2eeError('bad-message');
const isBytes = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;
const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && value.isWellFormed();

function list(bytes: Uint8Array): unknown[] {
  try {
    const value = decodeCanonical(bytes, 1);
    if (Array.isArray(value)) return value;
  } catch {
    // Told as what it is below.
  }
  throw bad();
}
