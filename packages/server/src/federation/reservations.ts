/**
 * Keeps a server reached that others cannot dial: it has a place at up to three relays, which its record names. One that
 * is lost is asked again when it is back, and another one takes its place meanwhile.
 */
import { limits, Refusal, type Relay } from '@parley/protocol';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Circuits } from './circuits.ts';
import type { Discovery } from './discovery.ts';
import { mayDial, nearnessOfUrl } from './nearness.ts';
import type { Peers } from './peers.ts';

/** What a relay's record says it does for others. */
export const relayFeature = 'relay';
/** Relays at which this server has a place: when one dies the others carry on. */
const wantedPlaces = 3;
/** Many changes at once are looked at once; and a relay that is back within this is not missed. */
const reviewMs = 1_000;
/** Until one that refused is asked again. */
const refusedMs = 600_000;
/** The same for one that did not answer. */
const silentMs = 30_000;

export interface ReservationsOptions {
  readonly peers: Pick<Peers, 'isLinked' | 'linkWith' | 'whenLinked' | 'whenLost'>;
  readonly circuits: Pick<Circuits, 'reserve'>;
  readonly discovery: Pick<Discovery, 'need' | 'own' | 'records'>;
  readonly runtime: Pick<Runtime, 'elapsed' | 'random' | 'setTimer'>;
  readonly log: Log;
}

export class Reservations {
  readonly #options: ReservationsOptions;
  /** Where each relay is dialled at which this server has a place. */
  readonly #held = new Map<string, string>();
  readonly #asking = new Set<string>();
  /** Until when a server is not asked, on the steady clock. */
  readonly #refused = new Map<string, number>();
  /** Relays that are to be linked, with what ends that. */
  readonly #needed = new Map<string, () => void>();
  #cancel: (() => void) | undefined;
  #cancelLater = (): void => {};
  #closed = false;

  constructor(options: ReservationsOptions) {
    const { peers, discovery } = options;
    this.#options = options;
    peers.whenLinked(() => this.#soon());
    peers.whenLost((server) => {
      this.#asking.delete(server);
      if (this.#held.delete(server)) this.#soon();
    });
    discovery.records.onChange(({ record }) => {
      if (isRelay(record)) this.#soon();
    });
    discovery.own.onChange(() => this.#soon());
  }

  /** Relays through which this server is reached now. */
  get relays(): Relay[] {
    return [...this.#held].map(([server, url]) => ({ server, url }));
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancelLater();
  }

  #soon(): void {
    if (this.#closed || this.#cancel) return;
    this.#cancel = this.#options.runtime.setTimer(() => {
      this.#cancel = undefined;
      this.#review();
    }, reviewMs);
  }

  #review(): void {
    // It may have become known that others can dial this server after all.
    for (const [server, url] of this.#held) if (!this.#isBeyond(url)) this.#held.delete(server);
    const relays = this.#candidates();
    for (const { server } of relays) {
      if (this.#held.size + this.#asking.size >= wantedPlaces) break;
      if (this.#isDirect(server) && !this.#held.has(server) && !this.#asking.has(server)) void this.#ask(server);
    }
    const missing = wantedPlaces - this.#held.size - this.#asking.size;
    const others = relays.filter(({ server }) => !this.#options.peers.isLinked(server)).slice(0, Math.max(0, missing));
    this.#need(new Set([...this.#held.keys(), ...this.#asking, ...others.map(({ server }) => server)]));
    this.#options.discovery.own.set({ relays: this.relays.slice(0, limits.serverRelays) });
    this.#later();
  }

  /** Looks again when those that refused may be asked again. */
  #later(): void {
    this.#cancelLater();
    if (this.#refused.size === 0 || this.#held.size >= wantedPlaces) return;
    const { runtime } = this.#options;
    const waitMs = Math.min(...this.#refused.values()) - runtime.elapsed();
    this.#cancelLater = runtime.setTimer(() => this.#soon(), Math.max(0, waitMs));
  }

  /** Those that may be asked: the ones that were chosen before, then the others in any order. */
  #candidates(): { server: string }[] {
    const { discovery, runtime } = this.#options;
    for (const [server, until] of this.#refused) if (until <= runtime.elapsed()) this.#refused.delete(server);
    const found: { server: string; rank: number }[] = [];
    for (const { record, nearness } of discovery.records.values()) {
      const { server } = record;
      if (!isRelay(record) || this.#refused.has(server)) continue;
      if (record.addresses.some((url) => mayDial(url, nearness) && this.#isBeyond(url)))
        found.push({ server, rank: this.#needed.has(server) ? -1 : runtime.random() });
    }
    return found.sort((a, b) => a.rank - b.rank);
  }

  /** Whether those who dial a relay there cannot dial this server. */
  #isBeyond(url: string): boolean {
    const { addresses } = this.#options.discovery.own;
    return !addresses.some((address) => mayDial(address, nearnessOfUrl(url)));
  }

  #isDirect(server: string): boolean {
    const link = this.#options.peers.linkWith(server);
    return link !== undefined && link.transport !== 'circuit';
  }

  async #ask(server: string): Promise<void> {
    const { circuits, log, runtime } = this.#options;
    this.#asking.add(server);
    try {
      const url = await circuits.reserve(server);
      if (URL.parse(url)?.origin !== url) throw new Refusal('bad-request', { field: 'url' });
      // The link that it was said on may be over.
      if (this.#asking.has(server)) this.#held.set(server, url);
      log.info({ server, url }, 'reached through a relay');
    } catch (error) {
      const isRefused = error instanceof Refusal && error.code !== 'unavailable';
      if (!(error instanceof Refusal)) log.error({ error, server }, 'asking a relay failed');
      else log.info({ server, code: error.code }, 'a relay has no place for this server');
      const waitMs = isRefused ? (error.detail.retryAfterMs ?? refusedMs) : silentMs;
      this.#refused.set(server, runtime.elapsed() + waitMs);
    }
    this.#asking.delete(server);
    this.#soon();
  }

  #need(servers: ReadonlySet<string>): void {
    for (const [server, release] of [...this.#needed]) {
      if (servers.has(server)) continue;
      this.#needed.delete(server);
      release();
    }
    for (const server of servers)
      if (!this.#needed.has(server)) this.#needed.set(server, this.#options.discovery.need(server));
  }
}

const isRelay = ({ features }: { features: readonly string[] }): boolean => features.includes(relayFeature);
