/**
 * A run of a log as a follower takes it: an append, a range. It ends with every other origin's last outcome signed, so
 * that nothing reaches the disk that only the clerk says of another server's people. The clerk's own people need no
 * signature: its checkpoint vouches.
 */
import { limits, Refusal } from '@parley/protocol';
import { endsBatch, verifyBatch } from './batch.ts';
import type { Crypto } from './crypto.ts';
import type { Header } from './header.ts';
import type { Part } from './part.ts';
import { dropDue, type RoomState } from './state.ts';
import { type EnvelopeOutcome, type Followed, follow } from './verify.ts';

export class SignedRun {
  readonly #crypto: Crypto;
  readonly #server: string;
  #state: RoomState | undefined;
  /** How many outcomes of each origin stand since its last signature. */
  readonly #unsigned = new Map<string, number>();

  /**
   * @param server who follows; another server than the clerk takes no notes of when restrictions end
   * @param state where the run begins, changed with every entry; undefined = before the first entry of a room
   */
  constructor(crypto: Crypto, server: string, state?: RoomState) {
    this.#crypto = crypto;
    this.#server = server;
    this.#state = state;
  }

  /** Undefined while nothing was followed. */
  get state(): RoomState | undefined {
    return this.#state;
  }

  /** The origins whose newest outcomes are not signed yet: a run that stops here cannot be kept. */
  get unsigned(): string[] {
    return [...this.#unsigned.keys()];
  }

  /**
   * Folds the next entry onto the state; absent parts are fine.
   * Errors: those of {@link follow}, and `bad-request` (`signature`) where a signature is wrong, or missing at the end of
   * a batch. The state is then of no use any more: the entries of this run before are in it.
   */
  next(headerBytes: Uint8Array, parts: readonly (Part | null)[] = []): Followed {
    const vouch = (outcome: EnvelopeOutcome, hash: Uint8Array) => this.#vouch(outcome, hash);
    const followed = follow(this.#crypto, this.#state, headerBytes, parts, vouch);
    this.#state = followed.state;
    if (followed.state.clerk !== this.#server) dropDue(followed.state);
    return followed;
  }

  /** Refuses with `bad-request` (`signature`) a run that ends before everything in it is signed. */
  end(): void {
    if (this.#unsigned.size > 0) throw unsigned();
  }

  #vouch(outcome: EnvelopeOutcome, hash: Uint8Array): void {
    const { signature, stamp } = outcome;
    const { origin, incarnation, oseq } = stamp;
    const { network, id, clerk } = this.#state!;
    const count = this.#unsigned.get(origin) ?? 0;
    // A signature covers one incarnation: what it gave up must be signed already.
    if (oseq === 1 && count > 0) throw unsigned();
    if (signature) {
      if (!verifyBatch(this.#crypto, network, id, origin, { incarnation, oseq, hash }, signature)) throw unsigned();
      this.#unsigned.delete(origin);
    } else if (origin !== clerk) {
      const isEnd = outcome.type === 'envelope' && endsBatch(outcome.act.kind);
      if (isEnd || count + 1 >= limits.batchEnvelopes) throw unsigned();
      this.#unsigned.set(origin, count + 1);
    }
  }
}

/** How many of these headers, from the first, make a run that may end there. */
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

const unsigned = (): Refusal => new Refusal('bad-request', { field: 'signature' });
