/** Which links this server enters into, and what became of those it did not. */
import type { CloseReason } from '@parley/link';
import type { PeerFault, PeerRefusal } from '@parley/protocol';
import { limitedAddress } from '../address.ts';
import { Buckets } from '../bucket.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { PeerTable } from './peer-table.ts';
import { Refusals } from './refusals.ts';

/** Links that one address may begin: a server behind a broken line comes again every second. */
const arrivals = { burst: 60, perMinute: 60 };
/** Links of one server that end for what cannot be read: past that it gets one a minute. */
const badLinks = { burst: 5, perMinute: 1 };

/** Why this side wants no link, and what the other side is told. */
export const closeReasons = {
  blocked: 'refused',
  'not-allowed': 'refused',
  full: 'busy',
  crowded: 'busy',
  unruly: 'busy',
} as const satisfies Partial<Record<PeerFault, CloseReason>>;
export type OwnFault = keyof typeof closeReasons;

export interface AdmissionOptions {
  readonly table: PeerTable;
  readonly runtime: Pick<Runtime, 'now' | 'elapsed'>;
  readonly log: Log;
  readonly limits: Pick<Limits, 'peers' | 'peersPerAddress' | 'peerHandshakes' | 'bucketKeys'>;
}

/** A link that has proven who is at its other end. */
export interface Arrived {
  readonly id: string;
  readonly address: string;
  readonly direction: 'in' | 'out';
}

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #arrivals: Buckets;
  readonly #badLinks: Buckets;
  /** Servers that have to wait, until when on the steady clock; by the time of their latest offence. */
  readonly #waiting = new Map<string, number>();
  readonly #refusals = new Refusals();
  #handshakes = 0;

  constructor(options: AdmissionOptions) {
    const { limits, runtime } = options;
    this.#options = options;
    const shared = { maxKeys: limits.bucketKeys, elapsed: runtime.elapsed };
    this.#arrivals = new Buckets({ ...arrivals, ...shared });
    this.#badLinks = new Buckets({ ...badLinks, ...shared });
  }

  /** What was refused lately. */
  get refused(): PeerRefusal[] {
    return this.#refusals.list();
  }

  /** Whether somebody at an address may begin a handshake; then {@link left} is to be called when it is over. */
  enters(address: string): boolean {
    const { limits, log, runtime } = this.#options;
    if (this.#handshakes < limits.peerHandshakes && this.#arrivals.take(limitedAddress(address)).ok) {
      this.#handshakes += 1;
      return true;
    }
    log.debug({ address }, 'too many links from servers');
    this.#refusals.add('crowded', address, undefined, runtime.now());
    return false;
  }

  left(): void {
    this.#handshakes -= 1;
  }

  /** Why there is no link with a server that has proven who it is; `others` are those there are, or may come to be. */
  refuses(arrived: Arrived, others: Iterable<Arrived>): OwnFault | undefined {
    const fault = this.#faultOf(arrived, others);
    if (fault) this.#refusals.add(fault, arrived.address, arrived.id, this.#options.runtime.now());
    return fault;
  }

  /** A link from an address did not come to be, for a reason that is not known here yet. */
  note(fault: PeerFault, address: string): void {
    if (!isOwnFault(fault)) this.#refusals.add(fault, address, undefined, this.#options.runtime.now());
  }

  /** A link with a server ended for what could not be read. */
  offended(id: string): void {
    const { runtime, limits } = this.#options;
    const taken = this.#badLinks.take(id);
    if (taken.ok) return;
    this.#waiting.delete(id);
    this.#waiting.set(id, runtime.elapsed() + taken.retryAfterMs);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > limits.peers && oldest !== undefined) this.#waiting.delete(oldest);
  }

  #faultOf({ id, address, direction }: Arrived, others: Iterable<Arrived>): OwnFault | undefined {
    const { table, limits, runtime } = this.#options;
    const known = table.servers.get(id);
    if (known?.blocked) return 'blocked';
    if (!table.isAllowed(id)) return 'not-allowed';
    if ((this.#waiting.get(id) ?? 0) > runtime.elapsed()) return 'unruly';
    this.#waiting.delete(id);
    // One that is dialled by hand has its place, whatever strangers do.
    if (known) return undefined;
    if (table.count(({ current }) => current !== undefined) >= limits.peers) return 'full';
    const here = limitedAddress(address);
    let neighbours = 0;
    for (const other of others)
      if (other.direction === 'in' && other.id !== id && limitedAddress(other.address) === here) neighbours += 1;
    return direction === 'in' && neighbours >= limits.peersPerAddress ? 'crowded' : undefined;
  }
}

const isOwnFault = (fault: PeerFault): fault is OwnFault => Object.hasOwn(closeReasons, fault);
