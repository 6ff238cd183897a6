/**
 * One circuit as a relay sees it: what one side says goes to the other, within the credit that the other side gave and
 * the relay has passed on. So what waits here is bounded, and a side that is too fast is slowed without being read.
 */
import type { CloseReason } from '@parley/link';
import { chunkCost } from '@parley/link/circuit';
import { circuitLimits, Refusal } from '@parley/protocol';
import { Buckets } from '../bucket.ts';
import type { Limits } from '../limits.ts';
import type { Runtime } from '../runtime.ts';
import type { Leg, LegOwner, Legs } from './circuit-legs.ts';

export type PaceLimits = Pick<Limits, 'relayBytesPerSecond' | 'relayBytesPerSecondOfServer' | 'peers'>;

/** How much passes: of each server, and of all together. */
export class Pace {
  readonly setTimer: Runtime['setTimer'];
  readonly #ofServer: Buckets;
  readonly #all: Buckets;

  constructor(limits: PaceLimits, { elapsed, setTimer }: Pick<Runtime, 'elapsed' | 'setTimer'>) {
    const perSecond = (most: number) => ({ burst: 2 * most, perMinute: 60 * most, elapsed });
    this.#ofServer = new Buckets({ ...perSecond(limits.relayBytesPerSecondOfServer), maxKeys: 4 * limits.peers });
    this.#all = new Buckets({ ...perSecond(limits.relayBytesPerSecond), maxKeys: 1 });
    this.setTimer = setTimer;
  }

  takeOf(server: string, bytes: number): ReturnType<Buckets['take']> {
    return this.#ofServer.take(server, bytes);
  }

  take(bytes: number): ReturnType<Buckets['take']> {
    return this.#all.take('', bytes);
  }
}

export class Passage {
  readonly #pace: Pace;
  readonly #over: () => void;
  #sides: readonly Side[] = [];

  constructor(pace: Pace, over: () => void) {
    this.#pace = pace;
    this.#over = over;
  }

  /** Takes a number on the link with each of two servers; false where one is taken. */
  join(legs: Legs, ...places: readonly (readonly [server: string, circuit: number])[]): boolean {
    const sides = places.map(() => new Side(this, this.#pace));
    const isJoined = places.every(([server, circuit], i) => sides[i]?.on(legs.open(server, circuit, sides[i])));
    if (isJoined) this.#sides = sides;
    else for (const side of sides) side.forget();
    return isJoined;
  }

  isOf(server: string): boolean {
    return this.#sides.some((side) => side.server === server);
  }

  other(side: Side): Side | undefined {
    return this.#sides.find((each) => each !== side);
  }

  /** One side said goodbye, or is lost. */
  ended(side: Side, reason: CloseReason): void {
    const other = this.other(side);
    this.#end();
    other?.end(reason);
  }

  drop(reason: CloseReason): void {
    const sides = this.#sides;
    this.#end();
    for (const side of sides) side.abort(reason);
  }

  #end(): void {
    for (const side of this.#sides) side.stop();
    this.#sides = [];
    this.#over();
  }
}

class Side implements LegOwner {
  readonly #passage: Passage;
  readonly #pace: Pace;
  #leg: Leg | undefined;
  /** What it sent, and how far it may go. */
  #sent = 0;
  #granted: number = circuitLimits.windowBytes;
  /** What the other side grants it, and how much of that its own share has paid for. */
  #wanted: number = circuitLimits.windowBytes;
  #paid: number = circuitLimits.windowBytes;
  /** What it was handed, and what it grants the other side for that. */
  #handed = 0;
  #grants: number = circuitLimits.windowBytes;
  #cancel: (() => void) | undefined;

  constructor(passage: Passage, pace: Pace) {
    this.#passage = passage;
    this.#pace = pace;
  }

  get server(): string | undefined {
    return this.#leg?.server;
  }

  /** False without a leg. */
  on(leg: Leg | undefined): boolean {
    this.#leg = leg;
    return leg !== undefined;
  }

  data(bytes: Uint8Array, hasMore: boolean): void {
    this.#sent += chunkCost(bytes);
    if (this.#sent > this.#granted) throw new Refusal('bad-frame');
    this.#passage.other(this)?.hand(bytes, hasMore);
  }

  credit(total: number): void {
    if (total < this.#grants || total > this.#handed + circuitLimits.windowBytes) throw new Refusal('bad-frame');
    this.#grants = total;
    this.#passage.other(this)?.want(total);
  }

  ended(reason: CloseReason): void {
    this.#passage.ended(this, reason);
  }

  evicted(): void {
    this.#passage.drop('busy');
  }

  hand(bytes: Uint8Array, hasMore: boolean): void {
    this.#handed += chunkCost(bytes);
    this.#leg?.data(bytes, hasMore);
  }

  want(total: number): void {
    this.#wanted = total;
    if (!this.#cancel) this.#allow();
  }

  end(reason: CloseReason): void {
    this.#leg?.end(reason);
  }

  abort(reason: CloseReason): void {
    this.#leg?.abort(reason);
  }

  /** It never came to be: its server is told nothing. */
  forget(): void {
    this.#leg?.forget();
  }

  /** Grants nothing any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Lets it send on, as soon as its share and that of all allow. */
  #allow(): void {
    this.#cancel = undefined;
    const wanted = this.#wanted;
    const leg = this.#leg;
    if (!leg || wanted <= this.#granted) return;
    const own = wanted > this.#paid ? this.#pace.takeOf(leg.server, wanted - this.#paid) : ({ ok: true } as const);
    if (own.ok) this.#paid = Math.max(this.#paid, wanted);
    const paid = own.ok ? this.#pace.take(wanted - this.#granted) : own;
    if (!paid.ok) {
      this.#cancel = this.#pace.setTimer(() => this.#allow(), paid.retryAfterMs);
      return;
    }
    this.#granted = wanted;
    leg.credit(wanted);
  }
}
