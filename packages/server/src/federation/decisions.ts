/** What becomes of acts that wait for another server's clerk, for those who wait for one of them. */
import { type ErrorCode, Refusal } from '@parley/protocol';

/** Undefined = it stands in the log. */
type Decided = (code: ErrorCode | undefined) => void;

/** Who waits at the same time; more are told to come again. */
const mostWaiting = 10_000;

export class Decisions {
  readonly #waiting = new Map<string, Set<Decided>>();
  #count = 0;

  /**
   * Calls `decided` once when the act has its outcome. Ask before the act is placed.
   * @returns stops waiting
   */
  wait(room: string, user: string, clientId: string, decided: Decided): () => void {
    if (this.#count >= mostWaiting) throw new Refusal('unavailable');
    const name = nameOf(room, user, clientId);
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(decided));
    this.#count += 1;
    return () => {
      if (!waiting.delete(decided)) return;
      this.#count -= 1;
      if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
    };
  }

  settle(room: string, user: string, clientId: string, code: ErrorCode | undefined): void {
    const name = nameOf(room, user, clientId);
    const waiting = this.#waiting.get(name);
    if (!waiting) return;
    this.#waiting.delete(name);
    this.#count -= waiting.size;
    for (const decided of waiting) decided(code);
    waiting.clear();
  }
}

const nameOf = (room: string, user: string, clientId: string): string => `${room}/${user}/${clientId}`;
