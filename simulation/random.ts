// Chance from a seed. The same seed and the same calls give the same numbers, on every machine.

/** sfc32 of PractRand, by Chris Doty-Humphrey: 128 bits of state, passes BigCrush. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed a whole number; `label` keeps the streams of one seed apart */
  constructor(seed: number, label = '') {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = hashOf(label);
    for (let i = 0; i < 12; i++) this.#next();
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** 0 ≤ x < 1. */
  unit(): number {
    return this.#next() / 2 ** 32;
  }

  /** A whole number, 0 ≤ x < `below`. */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const value = from[this.below(from.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** One of a table, as often as its weight says. */
  weighted<T extends readonly [weight: number, ...unknown[]]>(table: readonly T[]): T {
    let at = this.unit() * table.reduce((sum, [weight]) => sum + weight, 0);
    for (const row of table) {
      at -= row[0];
      if (at < 0) return row;
    }
    return this.pick(table);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Another stream: what is drawn from it does not move this one. */
  fork(label: string): Random {
    return new Random(this.#next(), label);
  }
}

/** FNV-1a. */
function hashOf(label: string): number {
  let hash = 0x811c9dc5;
  for (const letter of label) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return hash | 0;
}
