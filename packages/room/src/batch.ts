/**
 * Envelopes of one origin that are signed together: the signature covers the last one, and through `prev` all before it
 * in its incarnation. It stands with the last one's outcome, so that any follower can verify who said what.
 */
import { encodeCbor, idBytes, isKind, type KindName, limits, Refusal } from '@parley/protocol';
import { type Crypto, equalBytes } from './crypto.ts';
import { type Envelope, hashOfEnvelope } from './envelope.ts';
import type { Origin } from './state.ts';

/** Others may come after these in one batch. */
const talk: ReadonlySet<KindName> = new Set(['message', 'edit', 'react', 'unreact']);

/** Whether an act of this kind is the last of its batch, so that its author is proven as soon as it stands. */
export const endsBatch = (kind: string): boolean => !isKind(kind) || !talk.has(kind);

/** What the signature of a batch covers; `hash` is the {@link envelopeHash} of its last envelope. */
export function batchBytes(
  network: string,
  room: string,
  incarnation: number,
  oseq: number,
  hash: Uint8Array,
): Uint8Array {
  return encodeCbor(['parley batch v1', network, idBytes(room), incarnation, oseq, hash]);
}

/** Signs, as this server, everything of `last.incarnation` up to `last`. */
export function signBatch(crypto: Crypto, network: string, room: string, last: Origin): Uint8Array {
  return crypto.sign(batchBytes(network, room, last.incarnation, last.oseq, last.hash));
}

/** True when `origin` (a server id) signed a batch that ends with `last`. */
export function verifyBatch(
  crypto: Crypto,
  network: string,
  room: string,
  origin: string,
  last: Origin,
  signature: Uint8Array,
): boolean {
  const { incarnation, oseq, hash } = last;
  return crypto.verify(idBytes(origin), batchBytes(network, room, incarnation, oseq, hash), signature);
}

/**
 * Holds a batch of `origin` against its own numbering and its signature; whether it is the next one is for `order` to say.
 * @returns the hashes of its envelopes
 * Errors: `bad-request` when it is empty or too long, of another origin, not dense, goes on after an act that ends it, or
 * when its signature is wrong.
 */
export function checkBatch(
  crypto: Crypto,
  network: string,
  room: string,
  origin: string,
  envelopes: readonly Envelope[],
  signature: Uint8Array,
): Uint8Array[] {
  if (envelopes.length === 0 || envelopes.length > limits.batchEnvelopes) throw bad('batch');
  const hashes: Uint8Array[] = [];
  let last: Origin | undefined;
  for (const [i, envelope] of envelopes.entries()) {
    const { stamp, act } = envelope;
    const { incarnation, oseq, prev } = stamp;
    const goesOn = !last || (incarnation === last.incarnation && oseq === last.oseq + 1 && equalBytes(prev, last.hash));
    if (stamp.origin !== origin || !goesOn) throw bad('stamp');
    if (endsBatch(act.kind) && i < envelopes.length - 1) throw bad('kind');
    last = { incarnation, oseq, hash: hashOfEnvelope(crypto, envelope) };
    hashes.push(last.hash);
  }
  if (!verifyBatch(crypto, network, room, origin, last!, signature)) throw bad('signature');
  return hashes;
}

const bad = (field: string): Refusal => new Refusal('bad-request', { field });
