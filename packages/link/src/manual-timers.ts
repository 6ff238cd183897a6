// Timers that stand still until told, for tests.
import type { Timers } from './runtime.ts';

interface Pending {
  readonly dueMs: number;
  readonly run: () => void;
}

export class ManualTimers implements Timers {
  #nowMs = 0;
  readonly #pending = new Set<Pending>();

  /** Timers set and neither run nor cancelled. */
  get size(): number {
    return this.#pending.size;
  }

  setTimer(run: () => void, delayMs: number): () => void {
    const pending = { dueMs: this.#nowMs + delayMs, run };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  }

  /** Lets `durationMs` pass and runs what falls due, in order. */
  advance(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#nowMs = next.dueMs;
      this.#pending.delete(next);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.dueMs <= untilMs && (next === undefined || pending.dueMs < next.dueMs)) next = pending;
    }
    return next;
  }
}
