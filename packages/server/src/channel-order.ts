/**
 * The numbers of senders in channels: words of one sender are taken in order, each once. A sender's server counts in
 * runs, and begins a new one when it has forgotten the last: after a run that is new none of the former is taken.
 */
import { Lru } from './lru.ts';

/** Runs of one sender before the present one that are known again. */
const formerRuns = 4;

interface Counted {
  run: string;
  seq: number;
  former: string[];
}

export class Order {
  readonly #counted: Lru<string, Counted>;

  /** @param most senders that are remembered, those heard last */
  constructor(most: number) {
    this.#counted = new Lru(most);
  }

  get size(): number {
    return this.#counted.size;
  }

  /** Whether this is the next of a sender in a channel, or a later one; it counts as taken then. */
  take(channel: string, { user, run, seq }: { user: string; run: string; seq: number }): boolean {
    const key = `${channel} ${user}`;
    const before = this.#counted.get(key);
    if (!before) this.#counted.set(key, { run, seq, former: [] });
    else if (before.run === run) {
      if (seq <= before.seq) return false;
      before.seq = seq;
    } else {
      if (before.former.includes(run)) return false;
      this.#counted.set(key, { run, seq, former: [before.run, ...before.former].slice(0, formerRuns) });
    }
    return true;
  }
}
