/**
 * Which outcomes of other servers' people are vouched for by their own servers. A signature covers all of an origin's
 * incarnation up to its place, through `prev`; the clerk's own people need none: its checkpoint vouches.
 */
import { limits, Refusal } from '@parley/protocol';
import { endsBatch, verifyBatch } from './batch.ts';
import type { Crypto } from './crypto.ts';
import type { Header } from './header.ts';
import type { Origin, RoomState } from './state.ts';
import type { EnvelopeOutcome } from './verify.ts';

/** What of a room's state signatures depend on. */
export type RoomIdentity = Pick<RoomState, 'id' | 'network' | 'clerk'>;

export class Signatures {
  readonly #crypto: Crypto;
  readonly #room: RoomIdentity;
  /** By origin: its newest outcome, and how many stand since its last signature. */
  readonly #open = new Map<string, { count: number; last: Origin }>();

  constructor(crypto: Crypto, room: RoomIdentity) {
    this.#crypto = crypto;
    this.#room = room;
  }

  /** Origins whose newest outcomes are not signed yet. */
  get open(): ReadonlyMap<string, { count: number; last: Origin }> {
    return this.#open;
  }

  /**
   * Takes the next outcome, in the order of the log.
   * @param hash of its envelope
   * Refuses with `bad-request` (`signature`) a wrong signature and one that is missing: at an act that ends a batch, after
   * as many as a batch may have, before a new incarnation.
   */
  take(outcome: EnvelopeOutcome, hash: Uint8Array): void {
    const { signature, stamp } = outcome;
    const { origin, incarnation, oseq } = stamp;
    const { network, id, clerk } = this.#room;
    const last = { incarnation, oseq, hash };
    const count = (this.#open.get(origin)?.count ?? 0) + 1;
    if (oseq === 1 && count > 1) throw unsigned();
    if (signature) {
      if (!verifyBatch(this.#crypto, network, id, origin, last, signature)) throw unsigned();
      this.#open.delete(origin);
    } else if (origin !== clerk) {
      const isEnd = outcome.type === 'envelope' && endsBatch(outcome.act.kind);
      if (isEnd || count >= limits.batchEnvelopes) throw unsigned();
      this.#open.set(origin, { count, last });
    }
  }
}

export const unsigned = (): Refusal => new Refusal('bad-request', { field: 'signature' });

/** How many of these headers, from the first, make a run that may end there: every other origin's last outcome signed. */
export function signedLength(clerk: string, headers: readonly Header[]): number {
  const open = new Set<string>();
  let length = 0;
  for (const [i, { what }] of headers.entries()) {
    if (what.type === 'envelope' || what.type === 'tombstone') {
      if (what.signature) open.delete(what.stamp.origin);
      else if (what.stamp.origin !== clerk) open.add(what.stamp.origin);
    }
    if (open.size === 0) length = i + 1;
  }
  return length;
}
