// What a device keeps: the client's Store. It outlives the program; what was not confirmed when the program died may be
// there or not, in order.
import type { Clock } from './clock.ts';
import { type Life, never } from './life.ts';
import type { Random } from './random.ts';

type Changes = ReadonlyMap<string, Uint8Array | undefined>;

export interface DeviceStore {
  get(key: string): Promise<Uint8Array | undefined>;
  apply(changes: Changes): Promise<void>;
  list(prefix: string): Promise<[key: string, value: Uint8Array][]>;
  close(): Promise<void>;
}

export class Shelf {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #held = new Map<string, Uint8Array>();
  #pending: { changes: Changes; done: () => void }[] = [];
  /** Of one write, both ends included. */
  latencyMs: [from: number, to: number] = [0, 0];

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#held.size;
  }

  open(life: Life): DeviceStore {
    life.onDeath(() => {
      const kept = this.#random.between(0, this.#pending.length);
      for (const { changes } of this.#pending.slice(0, kept)) this.#put(changes);
      this.#pending = [];
    });
    const alive = <T>(work: () => Promise<T>): Promise<T> => (life.dead ? never() : work());
    return {
      get: (key) => alive(async () => this.#held.get(key)),
      apply: (changes) => alive(() => this.#apply(new Map(changes))),
      list: (prefix) => alive(async () => this.#list(prefix)),
      close: () => alive(async () => {}),
    };
  }

  #apply(changes: Changes): Promise<void> {
    return new Promise((resolve) => {
      this.#pending.push({ changes, done: resolve });
      this.#clock.setTimer(() => this.#next(), this.#random.between(...this.latencyMs));
    });
  }

  #next(): void {
    const next = this.#pending.shift();
    if (!next) return;
    this.#put(next.changes);
    next.done();
  }

  #put(changes: Changes): void {
    for (const [key, value] of changes) {
      if (value === undefined) this.#held.delete(key);
      else this.#held.set(key, Uint8Array.from(value));
    }
  }

  #list(prefix: string): [string, Uint8Array][] {
    return [...this.#held].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
