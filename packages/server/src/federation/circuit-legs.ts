/**
 * The legs of circuits: what a circuit is on one link with another server. What finds no room on the link waits here, and
 * is bounded by the credit of the circuit. A leg ends with its link.
 */

import { type CloseReason, closeReasons } from '@parley/link';
import { type CircuitCarrier, chunkCost } from '@parley/link/circuit';
import type { Peers } from './peers.ts';
import type { Holder, SharedBytes } from './shared-bytes.ts';

/** Who takes what the other server says on a leg. May throw Refusal('bad-frame'): the link has to end. */
export interface LegOwner {
  data(bytes: Uint8Array, hasMore: boolean): void;
  credit(total: number): void;
  /** It said goodbye, or the link with it is over; the last call. */
  ended(reason: CloseReason): void;
  /** All legs together hold too much, and this one most. */
  evicted(): void;
}

export interface LegsOptions {
  readonly peers: Pick<Peers, 'onFrame' | 'send' | 'whenLost' | 'whenRoom'>;
  /** What all legs together may hold. */
  readonly held: SharedBytes;
}

export class Legs {
  readonly #options: LegsOptions;
  /** By server and number. */
  readonly #legs = new Map<string, Map<number, Leg>>();

  constructor(options: LegsOptions) {
    const { peers } = options;
    this.#options = options;
    // What is said of a circuit that is over here is passed over: it was under way.
    peers.onFrame('circuitData', (from, { circuit, bytes, more = false }) =>
      this.#get(from, circuit)?.took(bytes, more),
    );
    peers.onFrame('circuitCredit', (from, { circuit, total }) => this.#get(from, circuit)?.granted(total));
    peers.onFrame('circuitEnd', (from, { circuit, reason }) => this.#get(from, circuit)?.over(reasonOf(reason)));
    peers.whenRoom((server, _priority, flow) => this.#get(server, Number(flow))?.pump());
    peers.whenLost((server) => this.#lost(server));
  }

  /** Undefined where the number is taken on the link with this server. */
  open(server: string, circuit: number, owner: LegOwner): Leg | undefined {
    const ofServer = this.#legs.get(server) ?? new Map<number, Leg>();
    if (ofServer.has(circuit)) return undefined;
    const { peers, held } = this.#options;
    const flow = String(circuit);
    const leg = new Leg({
      server,
      owner,
      held,
      data: (bytes, more) =>
        peers.send(server, 'circuitData', { circuit, bytes, ...(more && { more }) }, { priority: 'circuit', flow }),
      credit: (total) => peers.send(server, 'circuitCredit', { circuit, total }, { priority: 'control', flow }),
      end: (reason) => peers.send(server, 'circuitEnd', { circuit, reason }, { priority: 'circuit', flow }),
      closed: () => this.#drop(server, circuit),
    });
    ofServer.set(circuit, leg);
    this.#legs.set(server, ofServer);
    return leg;
  }

  /** How many there are on the link with a server. */
  count(server: string): number {
    return this.#legs.get(server)?.size ?? 0;
  }

  #get(server: string, circuit: number): Leg | undefined {
    return this.#legs.get(server)?.get(circuit);
  }

  #drop(server: string, circuit: number): void {
    const ofServer = this.#legs.get(server);
    ofServer?.delete(circuit);
    if (ofServer?.size === 0) this.#legs.delete(server);
  }

  #lost(server: string): void {
    for (const leg of [...(this.#legs.get(server)?.values() ?? [])]) leg.lost();
  }
}

interface LegOptions {
  readonly server: string;
  readonly owner: LegOwner;
  readonly held: SharedBytes;
  /** Each false when there is no room on the link. */
  readonly data: (bytes: Uint8Array, hasMore: boolean) => boolean;
  readonly credit: (total: number) => boolean;
  readonly end: (reason: CloseReason) => boolean;
  readonly closed: () => void;
}

export class Leg implements CircuitCarrier, Holder {
  readonly server: string;
  readonly #options: LegOptions;
  readonly #waiting: { bytes: Uint8Array; hasMore: boolean }[] = [];
  #held = 0;
  #credit: number | undefined;
  #goodbye: CloseReason | undefined;
  /** Nothing of the other side counts any more. */
  #isOver = false;
  #isClosed = false;

  constructor(options: LegOptions) {
    this.#options = options;
    this.server = options.server;
    options.held.join(this);
  }

  get held(): number {
    return this.#held;
  }

  data(bytes: Uint8Array, hasMore: boolean): void {
    if (this.#isClosed || this.#goodbye !== undefined) return;
    this.#waiting.push({ bytes, hasMore });
    this.#hold(chunkCost(bytes));
    this.pump();
  }

  credit(total: number): void {
    this.#credit = total;
    this.pump();
  }

  /** Says goodbye, after what waits; `lost` at once. */
  end(reason: CloseReason): void {
    if (reason === 'lost') this.abort(reason);
    else this.#leave(reason);
  }

  /** Says goodbye at once. */
  abort(reason: CloseReason): void {
    this.#empty();
    this.#leave(reason);
  }

  evict(): void {
    this.#options.owner.evicted();
  }

  /** Closes and says nothing. */
  forget(): void {
    this.#close();
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    const { data, credit, end } = this.#options;
    if (this.#credit !== undefined && !this.#isClosed && !this.#isOver && credit(this.#credit))
      this.#credit = undefined;
    for (let next = this.#waiting[0]; next && !this.#isClosed; next = this.#waiting[0]) {
      if (!data(next.bytes, next.hasMore)) return;
      this.#waiting.shift();
      this.#hold(-chunkCost(next.bytes));
    }
    if (this.#goodbye !== undefined && !this.#isClosed && end(this.#goodbye)) this.#close();
  }

  took(bytes: Uint8Array, hasMore: boolean): void {
    if (!this.#isOver) this.#options.owner.data(bytes, hasMore);
  }

  granted(total: number): void {
    if (!this.#isOver) this.#options.owner.credit(total);
  }

  /** The other side said goodbye. */
  over(reason: CloseReason): void {
    if (this.#isClosed) return;
    const wasOver = this.#isOver;
    this.#isOver = true;
    this.#close();
    if (!wasOver) this.#options.owner.ended(reason);
  }

  /** The link is over. */
  lost(): void {
    this.over('lost');
  }

  #leave(reason: CloseReason): void {
    this.#isOver = true;
    this.#goodbye ??= reason;
    this.pump();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#empty();
    this.#options.held.leave(this);
    this.#options.closed();
  }

  #empty(): void {
    this.#waiting.length = 0;
    this.#hold(-this.#held);
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#options.held.add(bytes);
  }
}

/** A word that a newer version may say reads as `done`. */
const reasonOf = (word: string): CloseReason => closeReasons.find((reason) => reason === word) ?? 'done';
