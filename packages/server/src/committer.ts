/**
 * Group commit: the entries of all rooms that came while the disk was busy go into one transaction, with a compare-and-set
 * on each room's head. Nobody is told of an entry before it is on disk.
 */
import { Refusal } from '@parley/protocol';
import { appendGroup, nthAfter, type Written } from './append.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { Log } from './log.ts';
import type { Database } from './store/database.ts';

/** Another node appended first: place the act again on the new head. */
export class Moved extends Error {}

interface Waiting {
  room: LoadedRoom;
  before: { term: number; seq: number; nth: number };
  written: Written[];
  leaves: Map<string, Uint8Array | undefined>;
  done: { resolve(): void; reject(error: unknown): void }[];
}

export class Committer {
  readonly #db: Database;
  readonly #log: Log;
  readonly #soon: (run: () => void) => void;
  readonly #committed: (room: LoadedRoom, written: readonly Written[]) => void;
  #waiting = new Map<string, Waiting>();
  #running = false;
  #scheduled = false;
  #now: Promise<void> = Promise.resolve();

  /**
   * @param soon runs once everything that has arrived is read: the batch of this tick
   * @param committed told of entries that are on disk, room by room, in order, before their acts are acknowledged
   */
  constructor(options: {
    db: Database;
    log: Log;
    soon: (run: () => void) => void;
    committed: (room: LoadedRoom, written: readonly Written[]) => void;
  }) {
    this.#db = options.db;
    this.#log = options.log;
    this.#soon = options.soon;
    this.#committed = options.committed;
  }

  /**
   * Takes entries that `room.step` just made. Resolves when they are on disk.
   * Rejects with Moved when the room must be loaded again, with `unavailable` when the disk failed.
   * @param before the head that they stand on
   */
  append(
    room: LoadedRoom,
    before: Waiting['before'],
    written: Written[],
    leaves: Map<string, Uint8Array | undefined>,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(room.id);
    if (waiting && waiting.room === room) {
      waiting.written.push(...written);
      for (const [key, value] of leaves) waiting.leaves.set(key, value);
      waiting.done.push({ resolve, reject });
    } else this.#waiting.set(room.id, { room, before, written, leaves, done: [{ resolve, reject }] });
    this.#schedule();
    return promise;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running || this.#waiting.size > 0) await Promise.allSettled([this.#now]);
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#now = promise;
    this.#soon(() => {
      this.#scheduled = false;
      this.#flush().then(resolve);
    });
  }

  async #flush(): Promise<void> {
    this.#running = true;
    const batch = this.#take();
    try {
      const groups = batch.map((waiting) =>
        appendGroup({
          ...waiting,
          n: waiting.room.n,
          state: waiting.room.state,
          title: waiting.room.title,
          topic: waiting.room.topic,
        }),
      );
      const applied = groups.length > 0 ? await this.#db.transaction(groups) : [];
      batch.forEach((waiting, i) => {
        if (applied[i]) this.#succeed(waiting);
        else this.#fail(waiting, new Moved());
      });
    } catch (error) {
      this.#log.error({ err: error }, 'commit failed');
      for (const waiting of batch) this.#fail(waiting, new Refusal('unavailable'));
    }
    this.#running = false;
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** All that waits, in the order of room ids, so that two nodes never wait for each other. */
  #take(): Waiting[] {
    const all = [...this.#waiting.values()].sort((a, b) => (a.room.id < b.room.id ? -1 : 1));
    this.#waiting = new Map();
    const alive: Waiting[] = [];
    for (const waiting of all) {
      if (waiting.room.dropped) this.#fail(waiting, new Moved());
      else alive.push(waiting);
    }
    return alive;
  }

  #succeed({ room, written, done }: Waiting): void {
    room.committed = written.at(-1)!.header.pos;
    room.committedNth = nthAfter(room.committedNth, written);
    this.#committed(room, written);
    for (const { resolve } of done) resolve();
  }

  #fail({ room, done }: Waiting, error: unknown): void {
    room.dropped = true;
    for (const { reject } of done) reject(error);
  }
}
