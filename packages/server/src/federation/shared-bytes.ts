/** Bytes that all links together may hold in one direction. */

export interface Holder {
  /** Bytes that it holds. */
  readonly held: number;
  /** Lets go of all of them. */
  evict(): void;
}

export class SharedBytes {
  readonly #limit: number;
  readonly #holders = new Set<Holder>();
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  join(holder: Holder): void {
    this.#holders.add(holder);
  }

  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** Above the limit whoever holds most has to go: many that hold little never pay for one that holds much. */
  add(bytes: number): void {
    this.#used += bytes;
    while (this.#used > this.#limit) {
      let most: Holder | undefined;
      for (const holder of this.#holders) if (holder.held > (most?.held ?? 0)) most = holder;
      if (!most) return;
      this.#holders.delete(most);
      most.evict();
    }
  }
}
