/**
 * The way to servers that cannot be dialled: through a relay that their record names. A link that came to be so gives
 * way to a direct one as soon as the server can be dialled after all.
 */
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { retryDelayMs } from './backoff.ts';
import type { Circuits } from './circuits.ts';
import type { Discovery } from './discovery.ts';
import { mayDial } from './nearness.ts';
import type { Peers } from './peers.ts';

export interface CircuitWaysOptions {
  readonly peers: Pick<Peers, 'isLinked' | 'linkWith' | 'list' | 'reach' | 'whenLinked' | 'whenLost'>;
  readonly circuits: Pick<Circuits, 'dial'>;
  readonly discovery: Pick<Discovery, 'addWay' | 'own' | 'records'>;
  readonly runtime: Pick<Runtime, 'random' | 'setTimer'>;
  readonly log: Log;
}

/** A server that is reached through a relay, and may be dialled yet. */
interface Detour {
  failures: number;
  isTrying: boolean;
  cancel: () => void;
}

export class CircuitWays {
  readonly #options: CircuitWaysOptions;
  readonly #detours = new Map<string, Detour>();
  #closed = false;

  constructor(options: CircuitWaysOptions) {
    const { peers, discovery } = options;
    this.#options = options;
    discovery.addWay(({ server }) => this.reach(server));
    peers.whenLinked((server) => this.#linked(server));
    peers.whenLost((server) => this.#forget(server));
    discovery.records.onChange(({ record }) => {
      const detour = this.#detours.get(record.server);
      if (detour) this.#again(record.server, detour, 1);
    });
  }

  /** Links with a server through one of its relays, those first that are linked; resolves with whether it is linked. */
  async reach(server: string): Promise<boolean> {
    const { peers, discovery, circuits, log } = this.#options;
    const known = discovery.records.get(server);
    const relays = known?.record.relays.filter((relay) => relay.server !== discovery.own.id) ?? [];
    const nearFirst = [...relays].sort((a, b) => Number(peers.isLinked(b.server)) - Number(peers.isLinked(a.server)));
    for (const relay of nearFirst) {
      if (this.#closed || peers.isLinked(server)) break;
      if (!peers.isLinked(relay.server) && known && mayDial(relay.url, known.nearness))
        await peers.reach(relay.server, relay.url);
      if (!this.#isDirect(relay.server)) continue;
      const fault = await peers.reach(server, circuits.dial(relay.server, server));
      if (fault) log.debug({ server, relay: relay.server, fault }, 'a server could not be reached through a relay');
    }
    return peers.isLinked(server);
  }

  close(): void {
    this.#closed = true;
    for (const server of [...this.#detours.keys()]) this.#forget(server);
  }

  #isDirect(server: string): boolean {
    const link = this.#options.peers.linkWith(server);
    return link !== undefined && link.transport !== 'circuit';
  }

  #linked(server: string): void {
    this.#forget(server);
    if (this.#closed || this.#isDirect(server)) return;
    const detour: Detour = { failures: 0, isTrying: false, cancel: () => {} };
    this.#detours.set(server, detour);
    this.#again(server, detour, 1);
  }

  #forget(server: string): void {
    this.#detours.get(server)?.cancel();
    this.#detours.delete(server);
  }

  /** Waits, unless there is nowhere to dial: then a new record is waited for. */
  #again(server: string, detour: Detour, failures: number): void {
    const { runtime } = this.#options;
    detour.cancel();
    detour.failures = failures;
    if (!detour.isTrying && this.#addresses(server).length > 0)
      detour.cancel = runtime.setTimer(() => void this.#try(server, detour), retryDelayMs(failures, runtime.random));
  }

  async #try(server: string, detour: Detour): Promise<void> {
    detour.isTrying = true;
    for (const url of this.#addresses(server))
      if (this.#detours.get(server) === detour) await this.#options.peers.reach(server, url);
    detour.isTrying = false;
    if (this.#detours.get(server) === detour) this.#again(server, detour, detour.failures + 1);
  }

  /** Of its record, and those that an operator put in. */
  #addresses(server: string): string[] {
    const { peers, discovery } = this.#options;
    const known = discovery.records.get(server);
    const told = known?.record.addresses.filter((url) => mayDial(url, known.nearness)) ?? [];
    const byHand = peers.list().find(({ id }) => id === server)?.urls ?? [];
    return [...new Set([...told, ...byHand.filter((url) => url.includes('://'))])];
  }
}
