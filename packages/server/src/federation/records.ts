/**
 * The records of other servers that this one holds: the highest version of each, bounded, in memory and on disk. Whoever
 * hands records on has a share of the room, so that none of them crowds out what the others brought.
 */
import { type Infer, readServerRecord, type serverSource } from '@parley/protocol';
import { Buckets } from '../bucket.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ServerRecordStore, StoredServerRecord } from '../store/server-record.ts';
import { type Nearness, nearer } from './nearness.ts';
import { type OwnRecord, renewMs } from './own-record.ts';
import { judgeRecord, type RecordFault, type SealedRecord } from './record.ts';
import { RecordWriter } from './record-writer.ts';

export type Via = Infer<typeof serverSource>;

/** Where a record came from. */
export interface RecordSource {
  readonly via: Via;
  /** Who handed it on: the id of a server, or the address of a directory. */
  readonly from: string;
  readonly nearness: Nearness;
}

export interface KnownServer extends RecordSource {
  readonly record: SealedRecord;
  /** The last proof that it lives: a signature of its own, or a link with it; Unix ms. */
  readonly seenAt: number;
  /** Grows with every new version of a record: what is higher has not been told yet. */
  readonly nth: number;
}

export interface RecordsOptions {
  readonly own: OwnRecord;
  readonly network: string;
  readonly store: Pick<ServerRecordStore, 'others' | 'write'>;
  readonly runtime: Pick<Runtime, 'now' | 'elapsed'>;
  readonly log: Log;
  readonly limits: Pick<Limits, 'serverRecords' | 'serverRecordsShare' | 'serverRecordsOfDirectory' | 'bucketKeys'>;
  /** Whether a server is linked or needed, and so not to be forgotten for want of room. */
  readonly isNeeded: (server: string) => boolean;
}

/** `full`: there is no room for one more of this source. `own`: it is of this server. */
export type Taken = 'newer' | 'same' | 'older' | 'full' | 'own' | RecordFault;

/** New records of one source: what gossip tells at its pace, and the list of a directory of ten thousand servers. */
const rates = {
  server: { burst: 2_000, perMinute: 1_200 },
  directory: { burst: 12_000, perMinute: 3_000 },
};
/** How old the last proof of life on disk may be. */
const seenStaleMs = 3_600_000;
/** Servers renew their records every day: one that did not for so long is silent. */
export const silentMs = 2 * renewMs;

export class Records {
  readonly #options: RecordsOptions;
  readonly #known = new Map<string, KnownServer>();
  /** How many of them each source brought. */
  readonly #shares = new Map<string, number>();
  readonly #listeners = new Set<(known: KnownServer) => void>();
  readonly #writer: RecordWriter;
  readonly #fromServers: Buckets;
  readonly #fromDirectories: Buckets;
  /** Every change of a record, in order; one that a later change made void is passed over. */
  #changes: { nth: number; server: string }[] = [];
  #nth = 0;

  private constructor(options: RecordsOptions) {
    this.#options = options;
    const shared = { maxKeys: options.limits.bucketKeys, elapsed: options.runtime.elapsed };
    this.#fromServers = new Buckets({ ...rates.server, ...shared });
    this.#fromDirectories = new Buckets({ ...rates.directory, ...shared });
    this.#writer = new RecordWriter(options.store, options.log, (server) => this.#rowOf(server));
  }

  /** Takes up what was known before, as far as it has not expired. */
  static async open(options: RecordsOptions): Promise<Records> {
    const records = new Records(options);
    for (const { sealed, via, from, nearness, seenAt } of await options.store.others(options.runtime.now())) {
      const { record } = readServerRecord(sealed);
      if (via === 'own' || record.network !== options.network || record.server === options.own.id) continue;
      records.#put({ record: { ...record, sealed }, via, from, nearness, seenAt });
    }
    return records;
  }

  get size(): number {
    return this.#known.size;
  }

  /** The number of the last change. */
  get nth(): number {
    return this.#nth;
  }

  /** Of a server other than this one, as long as it has not expired. */
  get(server: string): KnownServer | undefined {
    const known = this.#known.get(server);
    if (!known || known.record.expiresAt > this.#options.runtime.now()) return known;
    this.#forget(known);
    return undefined;
  }

  values(): IterableIterator<KnownServer> {
    return this.#known.values();
  }

  /** Those whose record came after the change of this number, in that order. */
  *since(nth: number): Generator<KnownServer> {
    const changes = this.#changes;
    let from = 0;
    let to = changes.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (changes[middle]!.nth <= nth) from = middle + 1;
      else to = middle;
    }
    for (let at = from; at < changes.length; at += 1) {
      const { nth, server } = changes[at]!;
      const known = this.get(server);
      if (known?.nth === nth) yield known;
    }
  }

  /** Calls back with each server whose record is new or newer. */
  onChange(listener: (known: KnownServer) => void): void {
    this.#listeners.add(listener);
  }

  /** Takes a record from whoever hands it on, if it is to be believed and there is room. */
  take(sealed: Uint8Array, source: RecordSource): Taken {
    const { own, network, runtime } = this.#options;
    const now = runtime.now();
    const { via, from } = source;
    const buckets = via === 'directory' ? this.#fromDirectories : this.#fromServers;
    const mayVerify = (): boolean => buckets.take(from).ok;
    const judged = judgeRecord(sealed, { network, now, held: (server) => this.#held(server), mayVerify });
    if (judged.is === 'refused') return judged.fault;
    if (judged.is !== 'newer') {
      if (judged.server === own.id) return 'own';
      if (judged.is === 'same') this.#learnt(judged.server, source.nearness);
      return judged.is;
    }
    const { record } = judged;
    if (record.server === own.id) {
      own.exceed(record);
      return 'own';
    }
    const before = this.#known.get(record.server);
    if (!before && !this.#makeRoom(source)) return 'full';
    // It lived when it signed this; a clock that is ahead proves nothing.
    const seenAt = Math.max(before?.seenAt ?? 0, Math.min(now, record.version));
    const known = this.#put({ record, ...this.#provenance(record.server, source, before), seenAt });
    this.#writer.changed(record.server);
    for (const listener of this.#listeners) listener(known);
    return 'newer';
  }

  /** A link with this server began or ended: it lived until now. */
  seen(server: string): void {
    const known = this.#known.get(server);
    if (!known) return;
    const seenAt = this.#options.runtime.now();
    this.#known.set(server, { ...known, seenAt });
    if (seenAt - known.seenAt > seenStaleMs) this.#writer.changed(server);
  }

  /** Forgets what has expired. */
  expire(): void {
    for (const server of [...this.#known.keys()]) this.get(server);
  }

  /** Resolves when everything is on disk. */
  idle(): Promise<void> {
    return this.#writer.idle();
  }

  /** How it was learnt first, by the nearest way. */
  #provenance(server: string, source: RecordSource, before: KnownServer | undefined): RecordSource {
    const { via, from, nearness } = before ?? source;
    const isOwnWord = via === 'gossip' && from === server;
    return { via: isOwnWord ? 'link' : via, from, nearness: nearer(nearness, source.nearness) };
  }

  #held(server: string): SealedRecord | undefined {
    return server === this.#options.own.id ? this.#options.own.current : this.get(server)?.record;
  }

  /** The same record by a nearer way: its addresses may be of use after all. */
  #learnt(server: string, nearness: Nearness): void {
    const known = this.#known.get(server);
    if (!known || nearer(known.nearness, nearness) === known.nearness) return;
    this.#known.set(server, { ...known, nearness });
    this.#writer.changed(server);
  }

  /** False when this source has its share, or all is full, and nothing of it can go. */
  #makeRoom({ via, from }: RecordSource): boolean {
    const { limits } = this.#options;
    const share = via === 'directory' ? limits.serverRecordsOfDirectory : limits.serverRecordsShare;
    // Were newcomers to push out what is alive, a flood of them would push out whatever its source brought before.
    if ((this.#shares.get(from) ?? 0) >= share) return this.#forgetOldest(from, this.#options.runtime.now() - silentMs);
    if (this.#known.size < limits.serverRecords) return true;
    let largest = { from: '', count: 0 };
    for (const [from, count] of this.#shares) if (count > largest.count) largest = { from, count };
    return this.#forgetOldest(largest.from, Number.POSITIVE_INFINITY);
  }

  /** Of what a source brought, the one that was not seen for longest and not after `seenBefore`; those that are needed stay. */
  #forgetOldest(from: string, seenBefore: number): boolean {
    let oldest: KnownServer | undefined;
    for (const known of this.#known.values()) {
      if (known.from !== from || known.seenAt >= (oldest?.seenAt ?? seenBefore)) continue;
      if (!this.#options.isNeeded(known.record.server)) oldest = known;
    }
    if (!oldest) return false;
    this.#forget(oldest);
    return true;
  }

  #put(known: Omit<KnownServer, 'nth'>): KnownServer {
    const { server } = known.record;
    if (!this.#known.has(server)) this.#count(known.from, 1);
    const made = { ...known, nth: ++this.#nth };
    this.#known.set(server, made);
    this.#changes.push({ nth: made.nth, server });
    if (this.#changes.length > 2 * this.#known.size + 64)
      this.#changes = this.#changes.filter(({ nth, server }) => this.#known.get(server)?.nth === nth);
    return made;
  }

  #forget({ record: { server }, from }: KnownServer): void {
    this.#known.delete(server);
    this.#count(from, -1);
    this.#writer.changed(server);
  }

  #count(from: string, by: number): void {
    const count = (this.#shares.get(from) ?? 0) + by;
    if (count > 0) this.#shares.set(from, count);
    else this.#shares.delete(from);
  }

  #rowOf(server: string): StoredServerRecord | undefined {
    const known = this.#known.get(server);
    if (!known) return undefined;
    const { record, via, from, nearness, seenAt } = known;
    const { version, expiresAt, sealed } = record;
    return { server, version, expiresAt, sealed, via, from, nearness, seenAt };
  }
}
