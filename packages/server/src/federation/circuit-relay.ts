/**
 * Passes on what two servers say to each other, where one of them cannot be dialled and has a place here. What passes is
 * encrypted end to end. Each server has its share of places, circuits and bytes; who is over it waits for credit, so
 * nothing piles up here.
 */
import { type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import { Buckets } from '../bucket.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Legs } from './circuit-legs.ts';
import { Pace, type PaceLimits, Passage } from './circuit-passage.ts';
import type { Peers } from './peers.ts';

export type RelayLimits = PaceLimits & Pick<Limits, 'relayPlaces' | 'relayCircuits' | 'relayCircuitsOfServer'>;

export interface RelayOptions {
  readonly peers: Pick<Peers, 'ask' | 'linkWith'>;
  readonly legs: Legs;
  /** Where others dial this server; undefined as long as they cannot. */
  readonly url: () => string | undefined;
  /** Whether a linked server may have a place. */
  readonly mayReserve: (server: string) => boolean;
  /** A number for a circuit. */
  readonly draw: () => number;
  readonly runtime: Pick<Runtime, 'elapsed' | 'setTimer'>;
  readonly log: Log;
  readonly limits: RelayLimits;
}

/** Until the server that is wanted has taken a circuit. */
const takeMs = 8_000;
/** Circuits that one server may open: to each of fifty, again after a break. */
const opens = { burst: 60, perMinute: 120 };

export class Relay {
  readonly #options: RelayOptions;
  readonly #places = new Set<string>();
  readonly #passages = new Set<Passage>();
  readonly #opens: Buckets;
  readonly #pace: Pace;

  constructor(options: RelayOptions) {
    const { limits, runtime } = options;
    this.#options = options;
    this.#opens = new Buckets({ ...opens, maxKeys: 4 * limits.peers, elapsed: runtime.elapsed });
    this.#pace = new Pace(limits, runtime);
  }

  /** Servers that have a place. */
  get places(): ReadonlySet<string> {
    return this.#places;
  }

  /** Circuits that there are. */
  get circuits(): number {
    return this.#passages.size;
  }

  /** Refuses with `forbidden`, `too-many`. */
  reserve(from: string): QuestionReply<'reserve'> {
    const { limits, mayReserve, log } = this.#options;
    const url = this.#options.url();
    if (url === undefined || !this.#isDirect(from) || !mayReserve(from)) throw new Refusal('forbidden');
    if (!this.#places.has(from) && this.#places.size >= limits.relayPlaces) throw new Refusal('too-many');
    this.#places.add(from);
    log.info({ server: from }, 'relay for a server');
    return { url };
  }

  /**
   * Opens a circuit. Refuses with `unavailable` where the server has no place here, `forbidden`, `too-many`, `too-fast`,
   * `duplicate` for a number that is taken, or as that server does.
   */
  async open(from: string, { circuit, to }: QuestionPayload<'circuit'>): Promise<QuestionReply<'circuit'>> {
    const { peers, limits, legs, draw } = this.#options;
    if (!this.#isDirect(from)) throw new Refusal('forbidden');
    const paid = this.#opens.take(from);
    if (!paid.ok) throw new Refusal('too-fast', { retryAfterMs: paid.retryAfterMs });
    if (to === from || !this.#places.has(to)) throw new Refusal('unavailable');
    if (this.#passages.size >= limits.relayCircuits || this.#isFull(from) || this.#isFull(to))
      throw new Refusal('too-many');
    const passage = new Passage(this.#pace, () => this.#passages.delete(passage));
    const number = draw();
    if (!passage.join(legs, [from, circuit], [to, number])) throw new Refusal('duplicate');
    this.#passages.add(passage);
    try {
      await peers.ask(to, 'incoming', { circuit: number, from }, { priority: 'control', timeoutMs: takeMs });
    } catch (error) {
      passage.drop('refused');
      throw error;
    }
    return {};
  }

  /** A server is not linked any more. */
  lost(server: string): void {
    this.#places.delete(server);
  }

  close(): void {
    for (const passage of this.#passages) passage.drop('going-away');
  }

  /** No circuits within circuits: who comes through one has no place, and opens none. */
  #isDirect(server: string): boolean {
    const link = this.#options.peers.linkWith(server);
    return link !== undefined && link.transport !== 'circuit';
  }

  #isFull(server: string): boolean {
    let count = 0;
    for (const passage of this.#passages) if (passage.isOf(server)) count += 1;
    return count >= this.#options.limits.relayCircuitsOfServer;
  }
}
