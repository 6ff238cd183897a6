/**
 * The links to other servers: dials the addresses that are to be dialled, for ever, takes in those who dial, and keeps
 * one link with each server. A server is known by its key; the first that answers at an address is the one expected
 * there from then on.
 */
import type { Dial, Link } from '@parley/link';
import { federationVersion, type PeerFault, type PeerView, Refusal } from '@parley/protocol';
import { limitedAddress } from '../address.ts';
import { Buckets } from '../bucket.ts';
import type { Identity } from '../identity.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { PeerStore } from '../store/peer.ts';
import { retryDelayMs } from './backoff.ts';
import { faultOf } from './peer-fault.ts';
import { type Hello, PeerSession } from './peer-session.ts';
import { type Address, PeerTable, type Server } from './peer-table.ts';
import {
  handshakeMs,
  newStaticKey,
  type SecureLink,
  type SecureLinkOptions,
  secureAccepted,
  secureDialled,
} from './secure-link.ts';

export interface PeersOptions {
  readonly identity: Identity;
  readonly network: string;
  /** The name that this server claims. */
  readonly name: string;
  readonly store: PeerStore;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly limits: Pick<Limits, 'peers' | 'peerAddresses' | 'peersBlocked' | 'peerHandshakes' | 'bucketKeys'>;
  /** How an address is dialled; without it none is. */
  readonly dial?: ((url: string) => Dial) | undefined;
  /** Addresses that the configuration names. */
  readonly configured: readonly string[];
}

/** Links that one address may begin: a server behind a broken line comes again every second. */
const arrivals = { burst: 60, perMinute: 60 };
/** After one of these a server is not asked again at once, though it answered. */
const refusals: ReadonlySet<PeerFault> = new Set(['refused', 'busy', 'bad-frame', 'unsupported-version', 'failed']);
/** Failures in a row that such an end counts as: the next attempt is within half a minute. */
const refusedFailures = 6;

export class Peers {
  readonly #options: PeersOptions;
  readonly #secure: SecureLinkOptions;
  readonly #hello: Hello;
  readonly #table = new PeerTable();
  readonly #arrivals: Buckets;
  /** Links that have not said hello yet. */
  readonly #opening = new Set<Link>();
  readonly #sessions = new Set<PeerSession>();
  readonly #tasks = new Set<Promise<unknown>>();
  #arriving = 0;
  #closed = false;

  private constructor(options: PeersOptions) {
    const { identity, network, name, runtime, limits } = options;
    this.#options = options;
    this.#secure = { identity, network, runtime, staticKey: newStaticKey(runtime) };
    this.#hello = { versions: [federationVersion], name, features: [] };
    this.#arrivals = new Buckets({ ...arrivals, maxKeys: limits.bucketKeys, elapsed: runtime.elapsed });
  }

  /** Takes up what was known before. */
  static async open(options: PeersOptions): Promise<Peers> {
    const peers = new Peers(options);
    await peers.#load();
    return peers;
  }

  /** Dials every address that is known. */
  start(): void {
    for (const address of this.#table.addresses.values()) this.#dial(address);
  }

  /** A server dialled this one. */
  accept(link: Link): void {
    const { limits, log } = this.#options;
    const { address } = link.peer;
    if (this.#closed) {
      link.close('going-away');
      return;
    }
    if (this.#arriving >= limits.peerHandshakes || !this.#arrivals.take(limitedAddress(address)).ok) {
      log.debug({ address }, 'too many links from servers');
      link.close('busy');
      return;
    }
    this.#arriving += 1;
    const done = this.#handshake(link, () => secureAccepted(link, this.#secure), 'in').then((fault) => {
      this.#arriving -= 1;
      if (fault && !this.#closed) log.warn({ address, fault }, 'no link with a server that dialled');
    });
    this.#track(done);
  }

  /** Every server that is linked, dialled or blocked. */
  list(): PeerView[] {
    return this.#table.views();
  }

  /** Dials an address from now on, at once; resolves when the first attempt is over. Refuses with `too-many`, `unavailable`, `bad-request`. */
  async connect(url: string): Promise<PeerView> {
    const { store, limits, runtime, dial } = this.#options;
    if (URL.parse(url)?.origin !== url) throw new Refusal('bad-request', { field: 'url' });
    if (!dial || this.#closed) throw new Refusal('unavailable');
    const { addresses } = this.#table;
    if (!addresses.has(url) && addresses.size >= limits.peerAddresses) throw new Refusal('too-many');
    await store.putAddress(url, false);
    const address = addresses.get(url) ?? this.#table.address(url, runtime.now());
    this.#dial(address);
    await address.attempt?.done;
    return this.#table.viewAt(address);
  }

  /** Dials an address no more. Refuses with `not-found`. */
  async disconnect(url: string): Promise<void> {
    const address = this.#table.addresses.get(url);
    if (!address) throw new Refusal('not-found');
    await this.#options.store.removeAddress(url);
    this.#table.addresses.delete(url);
    address.retry?.cancel();
    address.attempt?.stop.abort();
    if (address.server !== undefined) this.#table.drop(address.server);
  }

  /** No link with this server any more, in neither direction. Refuses with `too-many`, `bad-request`. */
  async block(id: string): Promise<void> {
    const { store, limits, runtime, identity, log } = this.#options;
    if (id === identity.id) throw new Refusal('bad-request', { field: 'server' });
    if (this.#table.count(({ blocked }) => blocked) >= limits.peersBlocked) throw new Refusal('too-many');
    await store.block(id, true);
    const server = this.#table.server(id, runtime.now());
    server.blocked = true;
    server.since = runtime.now();
    for (const address of this.#table.addressesOf(id)) this.#rest(address);
    for (const session of this.#sessions) if (session.id === id) session.close('refused');
    log.info({ server: id }, 'server blocked');
  }

  /** Refuses with `not-found` where it is not blocked. */
  async unblock(id: string): Promise<void> {
    const server = this.#table.servers.get(id);
    if (!server?.blocked) throw new Refusal('not-found');
    await this.#options.store.block(id, false);
    server.blocked = false;
    for (const address of this.#table.addressesOf(id)) this.#dial(address);
    this.#table.drop(id);
    this.#options.log.info({ server: id }, 'server unblocked');
  }

  /** Ends every link and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const address of this.#table.addresses.values()) {
      address.retry?.cancel();
      address.attempt?.stop.abort();
    }
    for (const link of this.#opening) link.close('going-away');
    for (const session of this.#sessions) session.close('going-away');
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
  }

  async #load(): Promise<void> {
    const { store, configured, runtime } = this.#options;
    const now = runtime.now();
    for (const url of configured) await store.putAddress(url, true);
    for (const { url, server, configured: isConfigured } of await store.addresses()) {
      if (isConfigured && !configured.includes(url)) await store.removeAddress(url);
      else this.#table.address(url, now).server = server;
    }
    await store.tidy();
    for (const { server, name, blocked } of await store.servers())
      Object.assign(this.#table.server(server, now), { name, blocked });
    for (const { server } of this.#table.addresses.values()) if (server) this.#table.server(server, now);
  }

  /** Dials now, unless that is under way or needless. */
  #dial(address: Address): void {
    const { dial, runtime } = this.#options;
    if (this.#closed || !dial || address.attempt || this.#table.isSettled(address)) return;
    this.#rest(address);
    const stop = new AbortController();
    address.since = runtime.now();
    const done = this.#attempt(address, dial(address.url), stop.signal).then((fault) => {
      address.attempt = undefined;
      this.#attempted(address, fault);
    });
    address.attempt = { done, stop };
    this.#track(done);
  }

  /** One attempt; resolves with undefined once there is a link. */
  async #attempt(address: Address, dial: Dial, signal: AbortSignal): Promise<PeerFault | undefined> {
    try {
      const link = await dial(signal);
      const hangUp = (): void => link.close('going-away');
      signal.addEventListener('abort', hangUp, { once: true });
      if (signal.aborted) hangUp();
      const shake = async (): Promise<SecureLink> => {
        const secure = await secureDialled(link, this.#secure, address.server);
        this.#pin(address, secure.id);
        return secure;
      };
      return await this.#handshake(link, shake, 'out').finally(() => signal.removeEventListener('abort', hangUp));
    } catch (error) {
      return signal.aborted ? 'went-away' : this.#told(error);
    }
  }

  #attempted(address: Address, fault: PeerFault | undefined): void {
    const { runtime, log } = this.#options;
    if (this.#closed || this.#table.addresses.get(address.url) !== address) return;
    if (fault !== undefined) address.lastError = fault;
    if (this.#table.isSettled(address)) return;
    // Without a fault there was a link, which has ended meanwhile.
    this.#retry(address, fault === undefined ? 1 : address.failures + 1);
    const retryMs = address.retry ? address.retry.at - runtime.now() : 0;
    log.info({ url: address.url, server: address.server, fault, retryMs }, 'no link with a server; trying again');
  }

  #retry(address: Address, failures: number): void {
    const { runtime } = this.#options;
    this.#rest(address);
    address.failures = failures;
    address.since = runtime.now();
    const delayMs = retryDelayMs(failures, runtime.random);
    address.retry = { at: runtime.now() + delayMs, cancel: runtime.setTimer(() => this.#dial(address), delayMs) };
  }

  #rest(address: Address): void {
    address.retry?.cancel();
    address.retry = undefined;
  }

  #pin(address: Address, id: string): void {
    const { store, runtime } = this.#options;
    if (address.server !== undefined || this.#table.addresses.get(address.url) !== address) return;
    address.server = id;
    this.#table.server(id, runtime.now());
    this.#track(store.pin(address.url, id));
  }

  /** From an open connection to a link that counts; resolves with undefined when there is one. Never rejects. */
  async #handshake(
    link: Link,
    shake: () => Promise<SecureLink>,
    direction: 'in' | 'out',
  ): Promise<PeerFault | undefined> {
    this.#opening.add(link);
    if (this.#closed) link.close('going-away');
    try {
      return await this.#begin(await shake(), direction);
    } catch (error) {
      return this.#told(error);
    } finally {
      this.#opening.delete(link);
    }
  }

  async #begin(secure: SecureLink, direction: 'in' | 'out'): Promise<PeerFault | undefined> {
    const { runtime, limits } = this.#options;
    const known = this.#table.servers.get(secure.id);
    const isFull = this.#table.count(({ current }) => current !== undefined) >= limits.peers;
    // One that is dialled by hand has its place, whatever strangers do.
    if (known?.blocked || (isFull && !known)) {
      secure.link.close(known?.blocked ? 'refused' : 'busy');
      return known?.blocked ? 'refused' : 'busy';
    }
    const session = new PeerSession({ secure, direction, own: this.#hello, runtime });
    this.#sessions.add(session);
    this.#track(session.ended.then((fault) => this.#ended(session, fault)));
    const hello = await session.hello;
    if (!hello) return session.ended;
    this.#adopt(session, hello);
    return this.#table.servers.get(secure.id)?.current ? undefined : session.ended;
  }

  /** The link counts from now on, unless it lost against one that crossed it. */
  #adopt(session: PeerSession, { name }: Hello): void {
    const { runtime, store, log } = this.#options;
    const server = this.#table.server(session.id, runtime.now());
    const older = server.current;
    if (server.blocked || !this.#sessions.has(session) || (older && !this.#wins(session, older))) {
      session.close(server.blocked ? 'refused' : 'replaced');
      return;
    }
    server.current = { session, startedAt: runtime.elapsed() };
    server.since = runtime.now();
    older?.session.close('replaced');
    const addresses = this.#table.addressesOf(session.id);
    for (const address of addresses) {
      this.#rest(address);
      address.failures = 0;
      address.lastError = undefined;
    }
    if (server.name !== name) {
      server.name = name;
      if (addresses.length > 0) this.#track(store.name(session.id, name));
    }
    log.info({ server: session.id, name, direction: session.direction, address: session.address }, 'server linked');
  }

  /**
   * The latest handshake wins, so that a server that lost its link is let in at once. Two servers that dialled each
   * other at the same time both keep the link that the smaller id dialled.
   */
  #wins(newer: PeerSession, older: NonNullable<Server['current']>): boolean {
    const { identity, runtime } = this.#options;
    const isCrossing = newer.direction !== older.session.direction && runtime.elapsed() - older.startedAt < handshakeMs;
    return !isCrossing || (newer.direction === 'out') === identity.id < newer.id;
  }

  #ended(session: PeerSession, fault: PeerFault): void {
    const { runtime, log } = this.#options;
    this.#sessions.delete(session);
    const server = this.#table.servers.get(session.id);
    if (server?.current?.session !== session) return;
    server.current = undefined;
    log.info({ server: session.id, fault }, 'server link over');
    if (!server.blocked) server.since = runtime.now();
    for (const address of this.#table.addressesOf(session.id)) {
      address.lastError = fault;
      if (this.#closed || server.blocked || address.attempt) continue;
      this.#retry(address, refusals.has(fault) ? refusedFailures : 1);
    }
    this.#table.drop(session.id);
  }

  /** What an error of a link means; one that is no link's is a fault of ours, and in the log. */
  #told(error: unknown): PeerFault {
    const fault = faultOf(error);
    if (fault === undefined || fault === 'failed') this.#options.log.error({ error }, 'a link with a server failed');
    return fault ?? 'failed';
  }

  #track(task: Promise<unknown>): void {
    const done = task
      .catch((error) => this.#options.log.error({ error }, 'keeping what is known of servers failed'))
      .finally(() => this.#tasks.delete(done));
    this.#tasks.add(done);
  }
}
