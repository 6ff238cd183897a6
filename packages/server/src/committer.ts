/**
 * Group commit: the entries of all rooms that came while the disk was busy go into one transaction, with a compare-and-set
 * on each room's head. Nobody is told of an entry before it is on disk.
 */
import { Refusal } from '@parley/protocol';
import { appendGroup, nthAfter, type Written } from './append.ts';
import type { LoadedRoom, LogEnd } from './loaded-room.ts';
import type { Log } from './log.ts';
import { type Database, DatabaseError, type DatabaseErrorKind, type Group, type Statement } from './store/database.ts';

/** Another node appended first, or another room got the name: place the act again on what is on disk. */
export class Moved extends Error {}

interface Waiting {
  room: LoadedRoom;
  before: { term: number; seq: number; nth: number };
  written: Written[];
  leaves: Map<string, Uint8Array | undefined>;
  /** What the log and the state are after these entries: the room itself may be ahead of them. */
  end: End;
  also: Statement[];
  /** Set when it goes to the disk. */
  alias: string | null;
  done: { resolve(): void; reject(error: unknown): void }[];
}

/** Without the hash of the state where nobody asks for it. */
export type End = Pick<LogEnd, 'chain'> & Partial<Pick<LogEnd, 'stateHash'>>;

type Stored = boolean | DatabaseErrorKind;

export class Committer {
  readonly #db: Database;
  readonly #log: Log;
  readonly #soon: (run: () => void) => void;
  readonly #committed: (room: LoadedRoom, written: readonly Written[]) => void;
  /** By the room as it is in memory: of two of one room the disk decides. */
  #waiting = new Map<LoadedRoom, Waiting>();
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
   * @param also what is stored with them, or not at all
   * @param stateHash of the state after them, where somebody may ask for it
   */
  append(
    room: LoadedRoom,
    before: Waiting['before'],
    written: Written[],
    leaves: Map<string, Uint8Array | undefined>,
    also: readonly Statement[] = [],
    stateHash?: Uint8Array,
  ): Promise<void> {
    const { chain } = room.state;
    const end = stateHash ? { chain, stateHash } : { chain };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(room);
    if (waiting) {
      waiting.written.push(...written);
      for (const [key, value] of leaves) waiting.leaves.set(key, value);
      waiting.end = end;
      waiting.also.push(...also);
      waiting.done.push({ resolve, reject });
    } else
      this.#waiting.set(room, {
        room,
        before,
        written,
        leaves,
        end,
        also: [...also],
        alias: null,
        done: [{ resolve, reject }],
      });
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
    const batch = this.#take().flatMap((waiting) => this.#prepare(waiting) ?? []);
    const results = batch.length > 0 ? await this.#store(batch.map(({ group }) => group)) : [];
    batch.forEach(({ waiting }, i) => {
      const result = results[i];
      if (result === true) this.#succeed(waiting);
      else this.#fail(waiting, result === false || isContested(waiting, result) ? new Moved() : unavailable());
    });
    this.#running = false;
    if (this.#waiting.size > 0) this.#schedule();
  }

  #prepare(waiting: Waiting): { waiting: Waiting; group: Group } | undefined {
    try {
      return { waiting, group: groupOf(waiting) };
    } catch (error) {
      this.#fail(waiting, error);
      return undefined;
    }
  }

  /** Of each group whether it was applied, or why that failed. One that the disk refuses takes no other along. */
  async #store(groups: readonly Group[]): Promise<readonly Stored[]> {
    try {
      return await this.#db.transaction(groups);
    } catch (error) {
      const kind = error instanceof DatabaseError ? error.kind : 'io';
      const isOwnFault = kind === 'constraint' || kind === 'statement';
      if (isOwnFault && groups.length > 1) {
        const results: Stored[] = [];
        for (const group of groups) results.push(...(await this.#store([group])));
        return results;
      }
      // Two rooms that want one name at once are nobody's fault.
      this.#log[kind === 'constraint' ? 'warn' : 'error']({ error, groups: groups.length }, 'commit failed');
      return groups.map(() => kind);
    }
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

  #succeed({ room, written, alias, end, done }: Waiting): void {
    room.committed = written.at(-1)!.header.pos;
    room.committedEnd = end.stateHash && { pos: room.committed, chain: end.chain, stateHash: end.stateHash };
    room.committedNth = nthAfter(room.committedNth, written);
    room.committedAlias = alias;
    for (const { resolve } of done) resolve();
    try {
      this.#committed(room, written);
    } catch (error) {
      this.#log.error({ error, room: room.id }, 'entries could not be told');
    }
  }

  #fail({ room, done }: Waiting, error: unknown): void {
    room.dropped = true;
    for (const { reject } of done) reject(error);
  }
}

const unavailable = (): Refusal => new Refusal('unavailable');

/** Another room has the name that this one was to have. */
function isContested({ alias, room }: Waiting, result: Stored | undefined): boolean {
  return result === 'constraint' && alias !== null && alias !== room.committedAlias;
}

function groupOf(waiting: Waiting): Group {
  const { room } = waiting;
  const { n, state, title, topic, alias, committedAlias: aliasBefore } = room;
  waiting.alias = alias;
  const { chain } = waiting.end;
  const group = appendGroup({ ...waiting, n, state, chain, alias, aliasBefore, title, topic });
  return waiting.also.length > 0 ? { ...group, statements: [...group.statements, ...waiting.also] } : group;
}
