// The disk of a server: a database that outlives the program. Each write takes its time, and a crash may strike before
// or after any of them; writes that were not yet confirmed are then lost from some point on.
import { type Database, DatabaseError, type Group, openSqliteInMemory, type Value } from '@parley/server';
import type { Clock } from './clock.ts';
import { type Life, never } from './life.ts';
import type { Random } from './random.ts';

/** When a write is struck: nothing of it is kept, or all of it and nobody knows. */
export type Moment = 'before' | 'after';

interface Write {
  life: Life;
  apply(): unknown;
  resolve(value: never): void;
  reject(error: unknown): void;
}

export class Disk {
  readonly #clock: Clock;
  readonly #random: Random;
  #database: ReturnType<typeof openSqliteInMemory>;
  readonly #queue: Write[] = [];
  #busy = false;
  /** Durable writes since the beginning. */
  writes = 0;
  /** Asked at each write, with its number; true crashes the program. */
  strikes: (write: number, moment: Moment) => boolean = () => false;
  /** Of one write, both ends included. */
  latencyMs: [from: number, to: number] = [0, 0];
  /** How often a write fails without a crash. */
  failing = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#database = openSqliteInMemory();
  }

  /** Rows as they are on disk now, whoever runs. */
  rows<Row extends Record<string, Value>>(sql: string, args: readonly Value[] = []): Promise<Row[]> {
    return this.#database.all<Row>(sql, args);
  }

  /** Every byte that a thief of the disk would find. */
  image(): Uint8Array {
    return this.#database.image();
  }

  /** The disk as it was when `image` was taken: a restored backup. No program may be running. */
  restore(image: Uint8Array): void {
    this.#database = openSqliteInMemory(image);
  }

  /** The database as one run of the program has it. */
  open(life: Life): Database {
    life.onDeath(() => this.#die(life));
    const alive = <T>(work: () => Promise<T>): Promise<T> => (life.dead ? never() : work());
    return {
      all: (sql, args) => alive(() => this.#read(life, sql, args)),
      run: (sql, args = []) => alive(() => this.#write(life, () => this.#database.run(sql, args))),
      transaction: (groups) => {
        const copy = structuredClone(groups) as readonly Group[];
        return alive(() => this.#write(life, () => this.#database.transaction(copy)));
      },
      close: () => alive(() => this.#write(life, async () => undefined)),
    };
  }

  async #read<Row extends Record<string, Value>>(life: Life, sql: string, args?: readonly Value[]): Promise<Row[]> {
    const rows = await this.#database.all<Row>(sql, args);
    return life.dead ? never() : rows;
  }

  #write<T>(life: Life, apply: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ life, apply, resolve: resolve as (value: never) => void, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#busy || this.#queue.length === 0) return;
    this.#busy = true;
    this.#clock.setTimer(() => void this.#apply(), this.#random.between(...this.latencyMs));
  }

  async #apply(): Promise<void> {
    const write = this.#queue.shift();
    if (write && !write.life.dead) await this.#one(write);
    this.#busy = false;
    this.#next();
  }

  async #one(write: Write): Promise<void> {
    const { life, apply, resolve, reject } = write;
    const number = ++this.writes;
    if (this.strikes(number, 'before')) return life.kill();
    if (this.#random.chance(this.failing)) return reject(new DatabaseError('io', 'the simulated disk failed'));
    try {
      const value = await apply();
      if (this.strikes(number, 'after')) return life.kill();
      resolve(value as never);
    } catch (error) {
      reject(error);
    }
  }

  /** Of the writes that nobody had word of, the first few are kept and the rest are lost. */
  #die(life: Life): void {
    const pending = this.#queue.filter((write) => write.life === life);
    for (let i = this.#queue.length - 1; i >= 0; i--) if (this.#queue[i]!.life === life) this.#queue.splice(i, 1);
    const kept = this.#random.between(0, pending.length);
    for (const { apply } of pending.slice(0, kept)) (apply() as Promise<unknown>).catch(() => {});
  }
}
