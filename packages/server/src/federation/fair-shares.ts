/**
 * Whose turn it is among those who wait, so that over time each gets a share by its weight, whatever it sends and however
 * large: start-time fair queueing (Goyal, Vin and Cheng, 1996). Who was idle is next, and saves nothing up.
 */

export class FairShares<K> {
  readonly #maxKeys: number;
  /** The start of what was served last. */
  #now = 0;
  /** When each would be through with what it got, in the time of `now`. */
  readonly #finish = new Map<K, number>();

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** Those who are remembered. */
  get size(): number {
    return this.#finish.size;
  }

  /** Who is next of those who wait; the first of equals. */
  next(waiting: Iterable<K>): K | undefined {
    let next: K | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const key of waiting) {
      const start = this.#start(key);
      if (start < earliest) [next, earliest] = [key, start];
    }
    return next;
  }

  /** It got so much; divide by its weight. */
  charge(key: K, cost: number): void {
    const start = this.#start(key);
    this.#now = start;
    this.#finish.set(key, start + cost);
    if (this.#finish.size > this.#maxKeys) this.#prune();
  }

  /** Nobody waits any more. */
  reset(): void {
    this.#now = 0;
    this.#finish.clear();
  }

  #start(key: K): number {
    return Math.max(this.#now, this.#finish.get(key) ?? 0);
  }

  #prune(): void {
    for (const [key, finish] of this.#finish) if (finish <= this.#now) this.#finish.delete(key);
    // Those who are forgotten too early get one turn too many.
    for (const key of this.#finish.keys()) {
      if (this.#finish.size <= this.#maxKeys / 2) break;
      this.#finish.delete(key);
    }
  }
}
