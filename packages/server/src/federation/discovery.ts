/**
 * How this server and others find each other: its own record, those it holds of others, their names, the directories it
 * watches, what linked servers tell, and whom it dials. Nothing that people say goes through here.
 */
import type { Dial } from '@parley/link';
import { check, type Relay, type ServerView, serverId, limits as sizes } from '@parley/protocol';
import type { Identity } from '../identity.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ServerNameStore } from '../store/server-name.ts';
import type { ServerRecordStore } from '../store/server-record.ts';
import { DirectoryWatch } from './directory-watch.ts';
import { Gossip } from './gossip.ts';
import { Names } from './names.ts';
import { OwnRecord } from './own-record.ts';
import type { Peers } from './peers.ts';
import { type KnownServer, Records } from './records.ts';
import { Seeker, type Way } from './seeker.ts';

export interface DiscoveryOptions {
  readonly identity: Identity;
  readonly network: string;
  /** The name that this server claims, unless it has none. */
  readonly name: string | undefined;
  readonly peers: Peers;
  readonly store: { readonly records: ServerRecordStore; readonly names: ServerNameStore };
  readonly runtime: Runtime;
  readonly log: Log;
  readonly limits: Limits;
  /** URLs of directories, and how they are dialled. */
  readonly directories: readonly string[];
  readonly dialDirectory?: ((url: string) => Dial) | undefined;
}

/** What a server says of where and how it is reached. */
export interface Reachable {
  /** Where others dial it; none when they cannot. */
  readonly addresses?: readonly string[];
  /** Servers through which it is reached. */
  readonly relays?: readonly Relay[];
  /** Doors that it opens, and what it does for others. */
  readonly features?: readonly string[];
}

/** Addresses that count once they lead to this server. */
export interface Candidates {
  readonly urls: readonly string[];
  /** The one for an IP address that others see it come from. */
  readonly seenAt?: (address: string) => string | undefined;
}

/** How often a name that should lead here is tried. */
const probeMs = 21_600_000;

export class Discovery {
  readonly own: OwnRecord;
  readonly records: Records;
  readonly names: Names;
  readonly #options: DiscoveryOptions;
  readonly #gossip: Gossip;
  readonly #seeker: Seeker;
  readonly #directories: readonly DirectoryWatch[];
  #addresses: readonly string[] = [];
  #candidates: Candidates = { urls: [] };
  /** Where each directory sees this server. */
  readonly #seen = new Map<string, string>();
  #cancelProbe = (): void => {};
  #probing: Promise<void> | undefined;
  #hasProbed = false;
  #closed = false;

  private constructor(options: DiscoveryOptions, own: OwnRecord, records: Records, names: Names, seeker: Seeker) {
    const { peers, directories, dialDirectory } = options;
    this.#options = options;
    this.own = own;
    this.records = records;
    this.names = names;
    this.#seeker = seeker;
    this.#gossip = new Gossip({ ...options, own, records });
    this.#directories = dialDirectory
      ? directories.map((url) => {
          const seenAt = (address: string): void => this.#seenBy(url, address);
          return new DirectoryWatch({ ...options, url, dial: dialDirectory, own, records, seenAt });
        })
      : [];
    records.onChange(({ record: { name, server } }) => {
      // What a linked server is called is told by the link, and asked for in DNS.
      if (!peers.isLinked(server)) names.claim(name, server);
    });
    peers.whenLinked(() => {
      if (!this.#hasProbed) this.#probe();
    });
  }

  static async open(options: DiscoveryOptions): Promise<Discovery> {
    const { identity, name, store, peers, runtime, log, limits } = options;
    const own = await OwnRecord.open({ ...options, store: store.records });
    let seeker: Seeker | undefined;
    const isNeeded = (server: string): boolean => seeker?.isNeeded(server) ?? peers.isLinked(server);
    const records = await Records.open({ ...options, own, store: store.records, isNeeded });
    const isKnown = (server: string): boolean => server === identity.id || records.get(server) !== undefined;
    const names = await Names.open({ store: store.names, runtime, log, limits, isKnown });
    own.set({ name: name ?? null });
    seeker = new Seeker({ ...options, own, records });
    return new Discovery(options, own, records, names, seeker);
  }

  /** Begins to dial, to announce and to watch. */
  start(): void {
    const { identity, name } = this.#options;
    this.names.claim(name ?? null, identity.id);
    for (const { record } of this.records.values()) this.names.claim(record.name, record.server);
    this.#seeker.start();
    for (const directory of this.#directories) directory.start();
  }

  /** Says this of where the server is reached from now on. */
  announce({ addresses, ...rest }: Reachable, candidates?: Candidates): void {
    if (candidates) this.#candidates = candidates;
    if (addresses) this.#addresses = addresses;
    const told = addresses && { addresses: addresses.slice(0, sizes.serverAddresses) };
    const { relays, features } = rest;
    this.own.set({ ...told, ...(relays && { relays: [...relays] }), ...(features && { features: [...features] }) });
    if (this.#options.directories.length > 0) this.#probe();
  }

  /** Resolves with whether a server is linked, after looking for it and dialling it if need be. */
  async reach(server: string): Promise<boolean> {
    const { peers } = this.#options;
    if (peers.isLinked(server)) return true;
    if (!(await this.find(server))) return false;
    return this.#seeker.reach(server);
  }

  /** Resolves with whether there is a record of this server, after asking linked servers if need be. */
  async find(server: string): Promise<boolean> {
    if (server === this.own.id || this.#closed) return false;
    return this.#gossip.find(server);
  }

  /** The id of a server by its id, or by the name that it holds; undefined where nobody does. */
  resolve(label: string): string | undefined {
    return check(serverId, label).ok ? label : this.names.resolve(label);
  }

  /** Keeps a link with this server from now on; returns what ends that. */
  need(server: string): () => void {
    return this.#seeker.need(server);
  }

  /** People here are in a room with people of this server: it is one to look for. */
  shares(server: string): void {
    if (server !== this.own.id) this.#seeker.shares(server);
  }

  /** Another way to servers than their addresses, for those that have relays. */
  addWay(way: Way): void {
    this.#seeker.addWay(way);
  }

  /** Servers with a record, in the order of their ids, after one of them. */
  list(after: string, limit: number): { servers: ServerView[]; more: boolean } {
    const ids = [...this.records.values()].map(({ record }) => record.server).filter((id) => id > after);
    const page = ids.sort().slice(0, limit);
    const byHand = new Set(this.#options.peers.list().flatMap(({ id, urls }) => (id && urls.length > 0 ? [id] : [])));
    const servers = page.flatMap((id) => {
      const known = this.records.get(id);
      return known ? [this.#viewOf(known, byHand.has(id))] : [];
    });
    return { servers, more: ids.length > page.length };
  }

  /** Directories, and whether each is connected. */
  directories(): { url: string; connected: boolean }[] {
    return this.#directories.map(({ url, isConnected }) => ({ url, connected: isConnected }));
  }

  /** Forgets what has expired. */
  expire(): void {
    this.records.expire();
  }

  /** Goes before the links do, so that nothing is dialled any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelProbe();
    this.#gossip.close();
    this.#seeker.close();
    await Promise.all(this.#directories.map((directory) => directory.close()));
    await this.own.close();
    await this.records.idle();
    await this.names.idle();
    await this.#probing;
  }

  /** Tries the addresses that should lead here, as soon as there is somebody to tell of them, and again from time to time. */
  #probe(): void {
    const seen = [...this.#seen.values()].map((address) => this.#candidates.seenAt?.(address));
    const candidates = [...new Set([...this.#candidates.urls, ...seen])].filter((url) => url !== undefined);
    if (this.#closed || this.#probing || candidates.length === 0) return;
    const { peers, runtime, log } = this.#options;
    this.#cancelProbe();
    this.#hasProbed = true;
    const probe = async (): Promise<void> => {
      const right: string[] = [];
      for (const url of candidates)
        if (!this.#closed && (await peers.reach(this.own.id, url)) === 'same-server') right.push(url);
      const addresses = [...new Set([...this.#addresses, ...right])].slice(0, sizes.serverAddresses);
      if (right.length < candidates.length)
        log.info({ candidates, right }, 'not every address that could be that of this server leads to it');
      this.own.set({ addresses });
    };
    this.#probing = probe().finally(() => {
      this.#probing = undefined;
      if (this.#closed) return;
      this.#cancelProbe = runtime.setTimer(() => this.#probe(), probeMs);
    });
  }

  #seenBy(directory: string, address: string): void {
    if (this.#seen.get(directory) === address) return;
    this.#seen.set(directory, address);
    this.#probe();
  }

  #viewOf({ record, via, seenAt }: KnownServer, byHand: boolean): ServerView {
    const { server: id, name, addresses, relays, features, expiresAt } = record;
    const { peers } = this.#options;
    const state = name === null ? undefined : this.names.stateOf(id, name);
    const linked = peers.isLinked(id) ? 'linked' : this.#seeker.isDialling(id) ? 'connecting' : 'known';
    return {
      id,
      ...(name !== null && { name }),
      ...(state && { nameState: state }),
      state: peers.mayLink(id) ? linked : 'blocked',
      via: byHand ? 'hand' : via,
      addresses,
      relays,
      features,
      seenAt,
      expiresAt,
    };
  }
}
