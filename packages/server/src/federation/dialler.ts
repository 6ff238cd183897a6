/** Dials every address that is known, for ever, as long as its server is neither linked nor refused. */
import type { Dial, Link } from '@parley/link';
import { type PeerFault, type PeerView, Refusal } from '@parley/protocol';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { PeerStore } from '../store/peer.ts';
import { retryDelayMs } from './backoff.ts';
import { NoSecureLink } from './peer-fault.ts';
import type { Address, PeerTable } from './peer-table.ts';

/** After one of these a server is not asked again at once, though it answered. */
const refusals: ReadonlySet<PeerFault> = new Set([
  ...(['refused', 'busy', 'bad-frame', 'unsupported-version', 'failed'] as const),
  ...(['full', 'unruly'] as const),
]);
/** Failures in a row that such an end counts as: the next attempt is within half a minute. */
const refusedFailures = 6;

/**
 * Looks a server up by its name and opens a connection to it. `pinned` answered under this name before; `server` must
 * answer now. Rejects as a Dial does, or with NoSecureLink.
 */
export type DialName = (
  name: string,
  pinned: string | undefined,
  signal: AbortSignal,
) => Promise<{ readonly link: Link; readonly server: string }>;

/** Whether this is a name, rather than a URL. */
export const isName = (address: string): boolean => !address.includes('://');

export interface DiallerOptions {
  readonly table: PeerTable;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer' | 'random'>;
  readonly log: Log;
  readonly store: PeerStore;
  readonly limits: Pick<Limits, 'peerAddresses'>;
  /** Addresses that the configuration names. */
  readonly configured: readonly string[];
  /** How a URL is dialled; without it nothing is. */
  readonly dial?: ((url: string) => Dial) | undefined;
  readonly dialName?: DialName | undefined;
  /** Makes an open connection a link to the server expected; resolves with undefined once there is one. Never rejects. */
  readonly opened: (link: Link, address: Address, expected: string | undefined) => Promise<PeerFault | undefined>;
  /** What an error of dialling means. */
  readonly told: (error: unknown) => PeerFault;
  readonly track: (task: Promise<unknown>) => void;
}

type Open = (signal: AbortSignal) => Promise<{ link: Link; server: string | undefined }>;

export class Dialler {
  readonly #options: DiallerOptions;
  /** Attempts at addresses that are not kept. */
  readonly #passing = new Set<AbortController>();
  #closed = false;

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  /** Takes up the addresses that were known before, and those of the configuration. */
  async load(): Promise<void> {
    const { store, configured, runtime, table } = this.#options;
    for (const url of configured) await store.putAddress(url, true);
    for (const { url, server, configured: isConfigured } of await store.addresses()) {
      if (isConfigured && !configured.includes(url)) {
        await store.removeAddress(url);
        continue;
      }
      const address = table.address(url, runtime.now());
      address.server = server;
      if (server !== undefined && !table.isAllowed(server)) address.lastError = 'not-allowed';
    }
  }

  /** Dials every address that is known. */
  start(): void {
    for (const address of this.#options.table.addresses.values()) this.dial(address);
  }

  /** Dials an address from now on, at once; resolves when the first attempt is over. Refuses with `too-many`, `unavailable`, `bad-request`. */
  async connect(url: string): Promise<PeerView> {
    const { store, limits, runtime, table, dial } = this.#options;
    if (!isName(url) && URL.parse(url)?.origin !== url) throw new Refusal('bad-request', { field: 'url' });
    if (!dial || this.#closed) throw new Refusal('unavailable');
    const { addresses } = table;
    if (!addresses.has(url) && addresses.size >= limits.peerAddresses) throw new Refusal('too-many');
    await store.putAddress(url, false);
    const address = addresses.get(url) ?? table.address(url, runtime.now());
    this.dial(address);
    await address.attempt?.done;
    return table.viewAt(address);
  }

  /** Dials an address no more. Refuses with `not-found`. */
  async disconnect(url: string): Promise<void> {
    const { store, table } = this.#options;
    const address = table.addresses.get(url);
    if (!address) throw new Refusal('not-found');
    await store.removeAddress(url);
    table.addresses.delete(url);
    this.stop(address);
    if (address.server !== undefined) table.drop(address.server);
  }

  /** Dials now what is dialled later, of one server where that is named; returns how many addresses it is. */
  hurry(server: string | undefined): number {
    let dialled = 0;
    for (const address of this.#options.table.addresses.values()) {
      if ((server !== undefined && address.server !== server) || this.#options.table.isSettled(address)) continue;
      this.dial(address);
      if (address.attempt) dialled += 1;
    }
    return dialled;
  }

  /** The first server that answers at an address is held to it; a name may come to be another one's. */
  pin(address: Address, id: string): void {
    const { store, runtime, table, track } = this.#options;
    const before = address.server;
    if (before === id || table.addresses.get(address.url) !== address) return;
    address.server = id;
    table.server(id, runtime.now());
    if (before !== undefined) table.drop(before);
    track(store.pin(address.url, id));
  }

  /** Dials now, unless that is under way or needless. */
  dial(address: Address): void {
    const { table, dial, runtime, track } = this.#options;
    if (this.#closed || !dial || address.attempt || table.isSettled(address)) return;
    this.rest(address);
    const stop = new AbortController();
    address.since = runtime.now();
    const done = this.#attempt(address, this.#open(address, dial), stop.signal).then((fault) => {
      address.attempt = undefined;
      this.#attempted(address, fault);
    });
    address.attempt = { done, stop };
    track(done);
  }

  /** Tries an address that is not kept, or another way, once; resolves with why it failed. Never rejects. */
  async once(
    way: string | Dial,
    opened: (link: Link) => Promise<PeerFault | undefined>,
  ): Promise<PeerFault | undefined> {
    const { dial, told } = this.#options;
    const opening = typeof way === 'string' ? dial?.(way) : way;
    if (this.#closed || !opening) return 'unreachable';
    const stop = new AbortController();
    this.#passing.add(stop);
    try {
      return await opened(await opening(stop.signal));
    } catch (error) {
      return stop.signal.aborted ? 'went-away' : told(error);
    } finally {
      this.#passing.delete(stop);
    }
  }

  /** Waits for nothing any more. */
  rest(address: Address): void {
    address.retry?.cancel();
    address.retry = undefined;
  }

  stop(address: Address): void {
    address.retry?.cancel();
    address.attempt?.stop.abort();
  }

  /** The link to the server of an address has ended: tries again, unless that is under way. */
  ended(address: Address, fault: PeerFault): void {
    address.lastError = fault;
    if (!this.#closed && !address.attempt) this.#retry(address, refusals.has(fault) ? refusedFailures : 1);
  }

  /** Dials no more. */
  close(): void {
    this.#closed = true;
    for (const address of this.#options.table.addresses.values()) this.stop(address);
    for (const stop of this.#passing) stop.abort();
  }

  /** One attempt; resolves with undefined once there is a link. */
  async #attempt(address: Address, open: Open, signal: AbortSignal): Promise<PeerFault | undefined> {
    const { opened, told } = this.#options;
    try {
      const { link, server } = await open(signal);
      const hangUp = (): void => link.close('going-away');
      signal.addEventListener('abort', hangUp, { once: true });
      if (signal.aborted) hangUp();
      return await opened(link, address, server).finally(() => signal.removeEventListener('abort', hangUp));
    } catch (error) {
      return signal.aborted ? 'went-away' : told(error);
    }
  }

  #open({ url, server }: Address, dial: (url: string) => Dial): Open {
    if (!isName(url)) {
      const opening = dial(url);
      return async (signal) => ({ link: await opening(signal), server });
    }
    const { dialName } = this.#options;
    return async (signal) => {
      if (!dialName) throw new NoSecureLink('no-resolver');
      return dialName(url, server, signal);
    };
  }

  #attempted(address: Address, fault: PeerFault | undefined): void {
    const { table, runtime, log } = this.#options;
    if (this.#closed || table.addresses.get(address.url) !== address) return;
    if (fault !== undefined) address.lastError = fault;
    if (table.isSettled(address)) {
      if (fault !== undefined) log.warn({ url: address.url, server: address.server, fault }, 'no link with a server');
      return;
    }
    // Without a fault there was a link, which has ended meanwhile.
    this.#retry(address, fault === undefined ? 1 : address.failures + 1);
    const retryMs = address.retry ? address.retry.at - runtime.now() : 0;
    log.info({ url: address.url, server: address.server, fault, retryMs }, 'no link with a server; trying again');
  }

  #retry(address: Address, failures: number): void {
    const { runtime } = this.#options;
    this.rest(address);
    address.failures = failures;
    address.since = runtime.now();
    const delayMs = retryDelayMs(failures, runtime.random);
    address.retry = { at: runtime.now() + delayMs, cancel: runtime.setTimer(() => this.dial(address), delayMs) };
  }
}
