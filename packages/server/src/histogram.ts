/** How long things take, counted in classes: what each took is not kept. */

/** Upper bounds in seconds: from what nobody notices to what everybody does. */
export const durations: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

export class Histogram {
  readonly bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds ascending; what is above the last one has a class of its own */
  constructor(bounds: readonly number[] = durations) {
    this.bounds = bounds;
    this.#counts = Array<number>(bounds.length + 1).fill(0);
  }

  /** Counts one value: in seconds, and nothing that is less than none. */
  observe(seconds: number): void {
    const value = Math.max(0, seconds);
    let at = 0;
    while (at < this.bounds.length && value > this.bounds[at]!) at += 1;
    this.#counts[at]! += 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  /** How many were at most each bound, and last how many there were. */
  get cumulative(): readonly number[] {
    let total = 0;
    return this.#counts.map((count) => {
      total += count;
      return total;
    });
  }
}
