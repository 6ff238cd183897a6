/**
 * Keys as addresses: what is signed to prove one, and messages that reach whoever is signed in with it now. A message is
 * sealed to the key by the sender, so that no server reads it, and nothing of it is kept.
 */
import { fromBase32, toBase32 } from './base32.ts';
import { encodeCbor } from './cbor.ts';
import { event, request } from './define.ts';
import { bytes, choice, count, optional, record, view } from './field.ts';
import { limits } from './limits.ts';

/** To sign in, to add it to one's account, or to get messages to it. */
export const keyPurpose = choice(['sign-in', 'add-key', 'listen']);
export type KeyPurpose = 'sign-in' | 'add-key' | 'listen';

/**
 * The bytes to sign with Ed25519 (RFC 8032): bound to purpose, server and connection, so that a signature is good for
 * nothing else.
 * @param server id of the server, as `session.hello` gave it and as the client expects it
 * @param challenge the 32 bytes of `session.challenge`
 */
export function keyProof(purpose: KeyPurpose, server: string, challenge: Uint8Array): Uint8Array {
  return encodeCbor(['parley key proof v1', purpose, server, challenge]);
}

const prefix = 'key:';
const keyBytes = 32;

/** `key:` and the Ed25519 public key in base32: 52 letters. */
export const keyAddress = (key: Uint8Array): string => prefix + toBase32(key);

/** The key of an address, or undefined when it is none. */
export function readKeyAddress(address: string): Uint8Array | undefined {
  if (!address.startsWith(prefix)) return undefined;
  const key = fromBase32(address.slice(prefix.length));
  return key?.length === keyBytes ? key : undefined;
}

export const key = {
  listen: request({
    about:
      'Has messages to a key come to this connection, until it ends. The signature covers the bytes of `keyProof` in key.ts; a connection that was signed in with the key needs none.',
    from: 'guest',
    payload: record({ key: bytes(keyBytes), signature: optional(bytes(64)) }),
    reply: view({}),
    errors: ['bad-challenge', 'too-many'],
  }),
  unlisten: request({
    about: 'Has no more messages to a key come to this connection.',
    from: 'guest',
    payload: record({ key: bytes(keyBytes) }),
    reply: view({}),
  }),
  send: request({
    about:
      'Hands a sealed message to whoever is signed in with a key now, on this server or on one that is found by way of others. Answered when a client there has read it.',
    from: 'guest',
    rate: 'send',
    payload: record({ key: bytes(keyBytes), sealed: bytes(limits.keyMessageBytes) }),
    reply: view({ deliveredAt: count() }),
    errors: ['nobody-there', 'too-fast'],
  }),
  acknowledge: request({
    about: 'Says that a message was opened and is for this key; only then its sender is told that it was delivered.',
    from: 'guest',
    rate: 'signal',
    payload: record({ delivery: bytes(16) }),
    reply: view({}),
    errors: ['not-found'],
  }),
  received: event({
    about: 'A message to a key that this connection listens at; it is to be acknowledged within some seconds.',
    payload: view({ key: bytes(keyBytes), delivery: bytes(16), sealed: bytes(limits.keyMessageBytes) }),
  }),
};
