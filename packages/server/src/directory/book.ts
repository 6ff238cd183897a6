/**
 * The book of a directory: which servers there are, what they signed, and which of them are connected. Every change gets
 * the next revision, is on disk before it is told, and is told to everybody who watches.
 */
import {
  type DirectoryEntry,
  type DirectoryEvent,
  type DirectoryPayload,
  type DirectoryReply,
  directoryProof,
  fromBase32,
  Refusal,
  readServerRecord,
} from '@parley/protocol';
import { verify } from '../crypto.ts';
import { judgeRecord, type SealedRecord } from '../federation/record.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { DirectoryRow, DirectoryStore } from '../store/directory.ts';
import { bounds as usualBounds } from './bounds.ts';

export interface BookOptions {
  readonly network: string;
  readonly store: DirectoryStore;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer' | 'randomBytes'>;
  readonly log: Log;
  readonly bounds?: Pick<typeof usualBounds, 'graceMs' | 'graceAfterStartMs' | 'sweepMs'> & {
    readonly servers: number;
  };
}

/** A connection: a server is present as long as one of its own lasts. */
export type Presence = object;

const sweepPage = 100;

export class Book {
  /** By another name revisions are counted anew. */
  readonly name: string;
  readonly #options: Required<BookOptions>;
  readonly #watching = new Set<(event: DirectoryEvent) => void>();
  /** Connections of the servers that are connected. */
  readonly #connected = new Map<string, Set<Presence>>();
  /** What ends the grace of those whose connection broke. */
  readonly #grace = new Map<string, () => void>();
  #revision: number;
  #closed = false;
  #work: Promise<unknown> = Promise.resolve();
  #cancelSweep = (): void => {};

  private constructor(options: Required<BookOptions>, name: string, revision: number) {
    this.#options = options;
    this.name = name;
    this.#revision = revision;
  }

  static async open(options: BookOptions): Promise<Book> {
    const { store, runtime, bounds = usualBounds } = options;
    const name = await store.book(runtime.randomBytes(10).toHex());
    const book = new Book({ ...options, bounds }, name, await store.revision());
    for (const { server } of await store.present()) book.#wait(server, bounds.graceAfterStartMs);
    await book.#sweep();
    return book;
  }

  get network(): string {
    return this.#options.network;
  }

  /** Of the last change. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * A server tells of itself over a connection, to which `challenge` was given. Refuses with `bad-request` a record that
   * is not to be believed, with `bad-challenge` one that comes from somebody else, with `too-many` when there is no room.
   */
  announce(
    presence: Presence,
    challenge: Uint8Array,
    said: DirectoryPayload<'announce'>,
    /** The server that announced itself over this connection before. */
    before?: string,
  ): Promise<DirectoryReply<'announce'> & { server: string }> {
    return this.#inTurn(async () => {
      const { record: sealed, proof } = said;
      const server = idOf(sealed);
      if (before !== undefined && server !== before) throw new Refusal('bad-request', { field: 'record' });
      const key = fromBase32(server);
      if (!key || !verify(key, directoryProof(challenge, sealed), proof)) throw new Refusal('bad-challenge');
      const held = await this.#options.store.get(server);
      const record = this.#judged(sealed, held);
      if (record === 'older') return { server, accepted: false, newest: held!.sealed };
      this.#connect(server, presence);
      try {
        await this.#put(server, record, held);
      } catch (error) {
        this.#disconnect(server, presence);
        throw error;
      }
      return { server, accepted: true };
    });
  }

  /** A connection of this server is over: by a goodbye, or broken. */
  async gone(server: string, presence: Presence, how: 'goodbye' | 'lost'): Promise<void> {
    if (this.#closed || !this.#disconnect(server, presence)) return;
    if (how === 'goodbye') await this.#left(server);
    else this.#wait(server, this.#options.bounds.graceMs);
  }

  /** Those that changed after a revision, in the order of their last change. */
  async list(since: number, limit: number): Promise<{ entries: DirectoryEntry[]; more: boolean }> {
    const rows = await this.#options.store.after(since, limit + 1);
    return { entries: rows.slice(0, limit).map(entryOf), more: rows.length > limit };
  }

  /** Calls back with every change from now on; returns what ends that. */
  watch(listener: (event: DirectoryEvent) => void): () => void {
    this.#watching.add(listener);
    return () => this.#watching.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSweep();
    for (const cancel of this.#grace.values()) cancel();
    this.#grace.clear();
    await this.#work;
  }

  /** The record if it is newer, `same`, or `older`. */
  #judged(sealed: Uint8Array, held: DirectoryRow | undefined): SealedRecord | 'same' | 'older' {
    const { network, runtime } = this.#options;
    const before = held && { ...readServerRecord(held.sealed).record, sealed: held.sealed };
    const judged = judgeRecord(sealed, { network, now: runtime.now(), held: () => before });
    if (judged.is === 'refused') throw new Refusal('bad-request', { field: `record: ${judged.fault}` });
    return judged.is === 'newer' ? judged.record : judged.is;
  }

  async #put(server: string, record: SealedRecord | 'same', held: DirectoryRow | undefined): Promise<void> {
    const { runtime, log } = this.#options;
    if (record === 'same' && held?.present) return;
    if (!held) await this.#makeRoom();
    const now = runtime.now();
    const isBack = !held?.present;
    const row: DirectoryRow = {
      server,
      sealed: record === 'same' ? held!.sealed : record.sealed,
      expiresAt: record === 'same' ? held!.expiresAt : record.expiresAt,
      present: true,
      joinedAt: isBack ? now : held.joinedAt,
      seenAt: now,
      revision: 0,
    };
    const entry = await this.#change(row);
    this.#tell({ event: isBack ? 'joined' : 'changed', payload: entry });
    log.info({ server }, isBack ? 'a server joined' : 'a server changed');
  }

  async #makeRoom(): Promise<void> {
    const { store, bounds } = this.#options;
    if ((await store.count()) < bounds.servers) return;
    const away = await store.longestAway();
    if (!away) throw new Refusal('too-many');
    await store.remove(away.server, ++this.#revision);
  }

  async #change(row: DirectoryRow): Promise<DirectoryEntry> {
    const changed = { ...row, revision: ++this.#revision };
    await this.#options.store.put(changed);
    return entryOf(changed);
  }

  /** Unless it came back meanwhile. */
  #left(server: string): Promise<void> {
    return this.#inTurn(async () => {
      const { store, runtime, log } = this.#options;
      const held = await store.get(server);
      if (this.#closed || !held?.present || this.#connected.has(server)) return;
      const { revision, seenAt } = await this.#change({ ...held, present: false, seenAt: runtime.now() });
      this.#tell({ event: 'left', payload: { server, revision, seenAt } });
      log.info({ server }, 'a server left');
    });
  }

  #connect(server: string, presence: Presence): void {
    this.#grace.get(server)?.();
    this.#grace.delete(server);
    const connected = this.#connected.get(server);
    if (connected) connected.add(presence);
    else this.#connected.set(server, new Set([presence]));
  }

  /** Whether that was its last connection. */
  #disconnect(server: string, presence: Presence): boolean {
    const connected = this.#connected.get(server);
    if (!connected?.delete(presence) || connected.size > 0) return false;
    return this.#connected.delete(server);
  }

  #wait(server: string, graceMs: number): void {
    const { runtime, log } = this.#options;
    this.#grace.get(server)?.();
    const over = (): void => {
      this.#grace.delete(server);
      this.#left(server).catch((error) => log.error({ error, server }, 'a leave could not be written'));
    };
    this.#grace.set(server, runtime.setTimer(over, graceMs));
  }

  /** Removes what has expired, and writes down who is there. */
  async #sweep(): Promise<void> {
    const { store, runtime, log, bounds } = this.#options;
    try {
      await this.#inTurn(async () => {
        for (const { server, present, seenAt } of await store.expired(runtime.now(), sweepPage)) {
          await store.remove(server, ++this.#revision);
          if (present) this.#tell({ event: 'left', payload: { server, revision: this.#revision, seenAt } });
        }
        await store.seen(runtime.now());
      });
    } catch (error) {
      log.error({ error }, 'the book could not be tidied; trying again');
    }
    if (!this.#closed) this.#cancelSweep = runtime.setTimer(() => void this.#sweep(), bounds.sweepMs);
  }

  #tell(event: DirectoryEvent): void {
    for (const listener of this.#watching) listener(event);
  }

  /** One change at a time: what is read is what is changed. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }
}

const entryOf = ({ sealed, revision, present, joinedAt, seenAt }: DirectoryRow): DirectoryEntry => ({
  revision,
  record: sealed,
  present,
  joinedAt,
  seenAt,
});

function idOf(sealed: Uint8Array): string {
  try {
    return readServerRecord(sealed).record.server;
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal('bad-request', { field: 'record' });
    throw error;
  }
}
