/** What came by already: known again for a time, up to a number. */
import type { Runtime } from './runtime.ts';

export interface SeenOptions {
  readonly most: number;
  readonly forMs: number;
  readonly runtime: Pick<Runtime, 'elapsed'>;
}

export class Seen {
  readonly #options: SeenOptions;
  /** When each was seen, the oldest first. */
  readonly #at = new Map<string, number>();

  constructor(options: SeenOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#at.size;
  }

  has(id: string): boolean {
    const at = this.#at.get(id);
    return at !== undefined && this.#options.runtime.elapsed() - at < this.#options.forMs;
  }

  add(id: string): void {
    const { most, forMs, runtime } = this.#options;
    const now = runtime.elapsed();
    this.#at.delete(id);
    this.#at.set(id, now);
    for (const [old, at] of this.#at) {
      if (this.#at.size <= most && now - at < forMs) return;
      this.#at.delete(old);
    }
  }
}
