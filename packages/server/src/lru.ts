/** A map with a cap: what was not used for longest goes first. */
export class Lru<K, V> {
  readonly #map = new Map<K, V>();
  readonly #cap: number;
  readonly #keep: (value: V) => boolean;

  /** @param keep values that must not go now; the map may exceed its cap by as many, and by the newest */
  constructor(cap: number, keep: (value: V) => boolean = () => false) {
    this.#cap = cap;
    this.#keep = keep;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    const value = this.#map.get(key);
    // The order matters only once something may soon have to go.
    if (value !== undefined && this.#map.size > this.#cap / 2) {
      this.#map.delete(key);
      this.#map.set(key, value);
    }
    return value;
  }

  /** As `get`, but it does not count as a use. */
  peek(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#cap) return;
    let looked = 0;
    for (const [old, held] of this.#map) {
      if (this.#map.size <= this.#cap || looked++ > 16) return;
      if (old !== key && !this.#keep(held)) this.#map.delete(old);
    }
  }

  delete(key: K): void {
    this.#map.delete(key);
  }

  values(): IterableIterator<V> {
    return this.#map.values();
  }
}
