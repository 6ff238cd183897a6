/**
 * Dials servers that are known by their records: those of the network, up to a bound, so that what is public on them can
 * be found, those that somebody needs, and any other on demand. It never gives up one that is wanted. One that cannot be
 * dialled costs a relay a circuit: it is looked for when it shares a room with this server, is needed or asked for.
 */
import { idBytes } from '@parley/protocol';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { retryDelayMs } from './backoff.ts';
import { mayDial, type Nearness } from './nearness.ts';
import type { OwnRecord } from './own-record.ts';
import type { Peers } from './peers.ts';
import type { SealedRecord } from './record.ts';
import type { KnownServer, Records } from './records.ts';

/** Another way to a server than its addresses; resolves with whether it is linked. */
export type Way = (record: SealedRecord) => Promise<boolean>;

export interface SeekerOptions {
  readonly peers: Pick<Peers, 'reach' | 'isLinked' | 'mayLink' | 'whenLinked' | 'whenLost'>;
  readonly records: Records;
  readonly own: OwnRecord;
  readonly runtime: Pick<Runtime, 'setTimer' | 'random'>;
  readonly log: Log;
  readonly limits: Pick<Limits, 'serversSought' | 'serversDialled' | 'serverRecords'>;
}

interface Search {
  /** Attempts that failed in a row. */
  failures: number;
  /** Of the record whose addresses failed: another one is tried at once. */
  version: number;
  attempt: Promise<boolean> | undefined;
  cancel: () => void;
}

/** Many changes at once are looked at once. */
const reviewMs = 500;
/** Of two servers that learn of each other the one with the larger id lets the other dial first. */
const politeMs = 3_000;

export class Seeker {
  readonly #options: SeekerOptions;
  readonly #searches = new Map<string, Search>();
  /** How many parts of this server need another one. */
  readonly #needed = new Map<string, number>();
  /** People here are, or were since the start, in a room with people of these. */
  readonly #sharing = new Set<string>();
  readonly #ways: Way[] = [];
  /** Who waits for a turn to dial. */
  readonly #queue: (() => void)[] = [];
  /** Of each record's server, which never changes. */
  readonly #distances = new WeakMap<SealedRecord, string>();
  /** Addresses that may be dialled by how near they were learnt. */
  readonly #addresses = new WeakMap<SealedRecord, { readonly nearness: Nearness; readonly urls: readonly string[] }>();
  /** Those that were wanted at the last look. */
  #wanted: ReadonlySet<string> = new Set();
  #dialling = 0;
  #cancelReview: (() => void) | undefined;
  #started = false;
  #closed = false;

  constructor(options: SeekerOptions) {
    const { peers, records } = options;
    this.#options = options;
    peers.whenLinked((server) => this.#found(server));
    peers.whenLost(() => this.#soon());
    records.onChange(() => this.#soon());
  }

  start(): void {
    this.#started = true;
    this.#soon();
  }

  /** Tries this too, after the addresses. */
  addWay(way: Way): void {
    this.#ways.push(way);
    this.#soon();
  }

  /** Keeps a link with this server from now on, whatever the bound says; returns what ends that. */
  need(server: string): () => void {
    this.#needed.set(server, (this.#needed.get(server) ?? 0) + 1);
    this.#soon();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#needed.get(server) ?? 0) - 1;
      if (left > 0) this.#needed.set(server, left);
      else this.#needed.delete(server);
      this.#soon();
    };
  }

  /** People here are in a room with people of this server. */
  shares(server: string): void {
    if (this.#sharing.has(server) || this.#sharing.size >= this.#options.limits.serverRecords) return;
    this.#sharing.add(server);
    this.#soon();
  }

  isNeeded(server: string): boolean {
    return this.#needed.has(server) || this.#options.peers.isLinked(server);
  }

  isDialling(server: string): boolean {
    return this.#searches.get(server)?.attempt !== undefined;
  }

  /** Resolves with whether the server is linked, after trying to, now. */
  async reach(server: string): Promise<boolean> {
    const { peers, records } = this.#options;
    if (peers.isLinked(server)) return true;
    const known = records.get(server);
    if (!known || this.#closed || !peers.mayLink(server)) return false;
    const search = this.#searches.get(server) ?? this.#search(known);
    search.cancel();
    const isLinked = await this.#attempt(server, search);
    if (!this.#wanted.has(server) && !this.#needed.has(server)) this.#drop(server);
    return isLinked;
  }

  close(): void {
    this.#closed = true;
    this.#cancelReview?.();
    for (const { cancel } of this.#searches.values()) cancel();
    for (const go of this.#queue.splice(0)) go();
  }

  #soon(): void {
    if (this.#closed || !this.#started || this.#cancelReview) return;
    this.#cancelReview = this.#options.runtime.setTimer(() => {
      this.#cancelReview = undefined;
      this.#review();
    }, reviewMs);
  }

  /** Begins to look for those that are wanted now, and leaves the others. */
  #review(): void {
    const { peers, records } = this.#options;
    const chosen = this.#chosen();
    this.#wanted = chosen;
    for (const server of [...this.#searches.keys()]) if (!chosen.has(server)) this.#drop(server);
    for (const server of chosen) {
      const known = records.get(server);
      if (!known || peers.isLinked(server)) continue;
      const search = this.#searches.get(server);
      if (!search) this.#wait(server, this.#search(known), this.#firstDelayMs(known));
      else if (search.version !== known.record.version) {
        search.version = known.record.version;
        search.failures = 0;
        this.#wait(server, search, this.#firstDelayMs(known));
      }
    }
  }

  #search({ record }: KnownServer): Search {
    const made: Search = { failures: 0, version: record.version, attempt: undefined, cancel: () => {} };
    this.#searches.set(record.server, made);
    return made;
  }

  #drop(server: string): void {
    const search = this.#searches.get(server);
    if (!search || search.attempt) return;
    search.cancel();
    this.#searches.delete(server);
  }

  #found(server: string): void {
    this.#searches.get(server)?.cancel();
    this.#searches.delete(server);
  }

  #wait(server: string, search: Search, delayMs: number): void {
    search.cancel();
    if (!search.attempt)
      search.cancel = this.#options.runtime.setTimer(() => void this.#attempt(server, search), delayMs);
  }

  #firstDelayMs(known: KnownServer): number {
    const { own, runtime } = this.#options;
    const mayDialHere = (own.current?.addresses.length ?? 0) > 0;
    // One that cannot be dialled itself has reason enough to dial.
    const isOthersTurn = own.id > known.record.server || this.#dialable(known).length === 0;
    return mayDialHere && isOthersTurn ? politeMs * (1 + runtime.random()) : 0;
  }

  #attempt(server: string, search: Search): Promise<boolean> {
    search.attempt ??= this.#tried(server).then((isLinked) => {
      search.attempt = undefined;
      if (isLinked || this.#closed || this.#searches.get(server) !== search) return isLinked;
      search.failures += 1;
      this.#wait(server, search, retryDelayMs(search.failures, this.#options.runtime.random));
      return false;
    });
    return search.attempt;
  }

  /** Every address and every other way, one after another. */
  async #tried(server: string): Promise<boolean> {
    const { peers, records, log, limits } = this.#options;
    if (this.#dialling >= limits.serversDialled) await new Promise<void>((go) => this.#queue.push(go));
    this.#dialling += 1;
    try {
      const known = records.get(server);
      for (const url of known ? this.#dialable(known) : []) {
        if (this.#closed || peers.isLinked(server)) break;
        const fault = await peers.reach(server, url);
        if (fault) log.debug({ server, url, fault }, 'a server could not be reached at an address of its record');
      }
      for (const way of this.#ways) {
        if (!known || this.#closed || peers.isLinked(server)) break;
        await way(known.record);
      }
    } catch (error) {
      log.error({ error, server }, 'looking for a server failed');
    } finally {
      this.#dialling -= 1;
      this.#queue.shift()?.();
    }
    return peers.isLinked(server);
  }

  /** Those that are needed, and of the network as many as may be: the nearest by their ids, and the latest seen. */
  #chosen(): Set<string> {
    const { peers, records, limits } = this.#options;
    const chosen = new Set<string>();
    const others: KnownServer[] = [];
    for (const known of records.values()) {
      const { server } = known.record;
      if (!peers.mayLink(server) || !(peers.isLinked(server) || this.#isReachable(known))) continue;
      if (this.#needed.has(server)) chosen.add(server);
      else if (peers.isLinked(server) || this.#dialable(known).length > 0 || this.#sharing.has(server))
        others.push(known);
    }
    const half = others.length > limits.serversSought ? limits.serversSought >> 1 : 0;
    const near = half === 0 ? [] : first(half, others, (a, b) => this.#distance(a) < this.#distance(b));
    for (const { record } of near) chosen.add(record.server);
    const rest = others.filter(({ record }) => !chosen.has(record.server));
    for (const { record } of first(limits.serversSought - half, rest, (a, b) => a.seenAt > b.seenAt))
      chosen.add(record.server);
    return chosen;
  }

  /** Of its id from that of this server [Kademlia §2.1]: all have others for neighbours, so the network holds together. */
  #distance({ record }: KnownServer): string {
    const known = this.#distances.get(record);
    if (known !== undefined) return known;
    const from = idBytes(this.#options.own.id);
    const distance = idBytes(record.server)
      .map((byte, i) => byte ^ from[i]!)
      .toHex();
    this.#distances.set(record, distance);
    return distance;
  }

  #dialable({ record, nearness }: KnownServer): readonly string[] {
    const held = this.#addresses.get(record);
    if (held?.nearness === nearness) return held.urls;
    const urls = record.addresses.filter((url) => mayDial(url, nearness));
    this.#addresses.set(record, { nearness, urls });
    return urls;
  }

  #isReachable(known: KnownServer): boolean {
    return this.#dialable(known).length > 0 || (known.record.relays.length > 0 && this.#ways.length > 0);
  }
}

/** Those that come first, in no order: of many a few, without sorting all. */
function first<T>(count: number, all: readonly T[], isBefore: (a: T, b: T) => boolean): T[] {
  const chosen: T[] = [];
  if (count === 0) return chosen;
  for (const each of all) {
    if (chosen.length === count && !isBefore(each, chosen[count - 1]!)) continue;
    let at = chosen.length;
    while (at > 0 && isBefore(each, chosen[at - 1]!)) at -= 1;
    chosen.splice(at, 0, each);
    if (chosen.length > count) chosen.pop();
  }
  return chosen;
}
