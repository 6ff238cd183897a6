/**
 * A run of a log as a follower takes it: an append, a range. It ends with every other origin's last outcome signed, so
 * that nothing reaches the disk that only the clerk says of another server's people.
 */
import type { Crypto } from './crypto.ts';
import type { Part } from './part.ts';
import { Signatures, unsigned } from './signatures.ts';
import { dropDue, type RoomState } from './state.ts';
import { type EnvelopeOutcome, type Followed, follow } from './verify.ts';

export class SignedRun {
  readonly #crypto: Crypto;
  readonly #server: string;
  #state: RoomState | undefined;
  #signatures: Signatures | undefined;

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
    return [...(this.#signatures?.open.keys() ?? [])];
  }

  /**
   * Folds the next entry onto the state; absent parts are fine.
   * Errors: those of {@link follow}, and `bad-request` (`signature`) where a signature is wrong, or missing at the end of
   * a batch. The state is then of no use any more: the entries of this run before are in it.
   */
  next(headerBytes: Uint8Array, parts: readonly (Part | null)[] = []): Followed {
    const vouch = (outcome: EnvelopeOutcome, hash: Uint8Array): void => {
      this.#signatures ??= new Signatures(this.#crypto, this.#state!);
      this.#signatures.take(outcome, hash);
    };
    const followed = follow(this.#crypto, this.#state, headerBytes, parts, vouch);
    this.#state = followed.state;
    if (followed.state.clerk !== this.#server) dropDue(followed.state);
    return followed;
  }

  /** Refuses with `bad-request` (`signature`) a run that ends before everything in it is signed. */
  end(): void {
    if (this.unsigned.length > 0) throw unsigned();
  }
}
