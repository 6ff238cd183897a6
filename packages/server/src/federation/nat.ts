/**
 * What lets servers behind NAT take part: this one as one of them, as one that reaches them, and, where it can be dialled,
 * as their relay.
 */
import type { Relay } from '@parley/protocol';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { CircuitWays } from './circuit-ways.ts';
import { Circuits } from './circuits.ts';
import type { Discovery } from './discovery.ts';
import { isAsFar, nearnessOfUrl } from './nearness.ts';
import type { Peers } from './peers.ts';
import { Reservations } from './reservations.ts';

export interface NatOptions {
  readonly peers: Peers;
  readonly discovery: Discovery;
  /** Whom this server lets be reached through it: those named, or with none named all; left out, nobody. */
  readonly relayFor?: readonly string[] | undefined;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly limits: Limits;
}

export class Nat {
  readonly #circuits: Circuits;
  readonly #ways: CircuitWays;
  readonly #reservations: Reservations;

  constructor(options: NatOptions) {
    const { discovery, relayFor } = options;
    const mayReserve = (server: string): boolean => relayFor?.length === 0 || relayFor?.includes(server) === true;
    const relay = relayFor && { url: () => farthest(discovery.own.addresses), mayReserve };
    this.#circuits = new Circuits({ ...options, relay });
    this.#ways = new CircuitWays({ ...options, circuits: this.#circuits });
    this.#reservations = new Reservations({ ...options, circuits: this.#circuits });
  }

  /** Relays through which this server is reached now. */
  get relays(): Relay[] {
    return this.#reservations.relays;
  }

  /** How many servers are reached through this one, and over how many circuits. */
  get relayed(): Circuits['relayed'] {
    return this.#circuits.relayed;
  }

  /** Goes before the links do. */
  close(): void {
    this.#reservations.close();
    this.#ways.close();
    this.#circuits.close();
  }
}

/** The one that most others can dial; the first of equals. */
function farthest(urls: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const url of urls) if (found === undefined || !isAsFar(nearnessOfUrl(found), nearnessOfUrl(url))) found = url;
  return found;
}
