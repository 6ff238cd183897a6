// Counts of latencies in steps of 10 µs up to 20 s: recording is one addition, whatever the number of deliveries.

const stepUs = 10;
const steps = 2_000_000;

export class Latencies {
  readonly #counts = new Uint32Array(steps);
  #total = 0;

  /** Counts one latency in µs; anything over 20 s counts as 20 s. */
  record(us: number): void {
    const step = Math.max(0, Math.min(steps - 1, Math.floor(us / stepUs)));
    this.#counts[step] = this.#counts[step]! + 1;
    this.#total++;
  }

  /** The smallest latency, in ms, that `share` (0–1) of all stay within; NaN when nothing was recorded. */
  quantileMs(share: number): number {
    let seen = 0;
    for (let step = 0; step < steps; step++) {
      seen += this.#counts[step]!;
      if (seen > 0 && seen >= share * this.#total) return ((step + 1) * stepUs) / 1000;
    }
    return Number.NaN;
  }
}
