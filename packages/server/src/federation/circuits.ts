/**
 * Circuits as a server uses them: to reach one that it cannot dial, to be reached, and, where it is a relay, to let others
 * be reached. A circuit is a link like any other, inside which each side proves who it is.
 */
import { maxMessageBytes } from '@parley/e2ee';
import { type CloseReason, type Dial, type Link, LinkClosed, type LinkOptions } from '@parley/link';
import { CircuitLink } from '@parley/link/circuit';
import { type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { type LegOwner, Legs } from './circuit-legs.ts';
import { Relay, type RelayLimits, type RelayOptions } from './circuit-relay.ts';
import type { Peers } from './peers.ts';
import { SharedBytes } from './shared-bytes.ts';

export interface CircuitsOptions {
  readonly peers: Pick<
    Peers,
    'accept' | 'ask' | 'linkWith' | 'mayLink' | 'onAsk' | 'onFrame' | 'send' | 'whenLost' | 'whenRoom'
  >;
  /** Where others dial this server, and which may be reached through it; left out, it passes nothing on. */
  readonly relay?: Pick<RelayOptions, 'url' | 'mayReserve'> | undefined;
  readonly runtime: Pick<Runtime, 'elapsed' | 'randomBytes' | 'setTimer'>;
  readonly log: Log;
  readonly limits: RelayLimits & Pick<Limits, 'circuitsThroughRelay' | 'circuitBytes'>;
  /** Of circuits that end here; such as the handshake inside takes, unless given. */
  readonly link?: LinkOptions;
}

/** From asking a relay to an open circuit. */
const openMs = 10_000;

/** What a relay's refusal means for who dials. */
const reasons: Partial<Record<Refusal['code'], CloseReason>> = {
  forbidden: 'refused',
  'unknown-request': 'refused',
  'too-many': 'busy',
  'too-fast': 'busy',
};

export class Circuits {
  readonly #options: CircuitsOptions;
  readonly #legs: Legs;
  readonly #relay: Relay | undefined;
  /** Relays through which others may come. */
  readonly #doors = new Set<string>();

  constructor(options: CircuitsOptions) {
    const { peers, relay, limits } = options;
    this.#options = options;
    this.#legs = new Legs({ peers, held: new SharedBytes(limits.circuitBytes) });
    this.#relay = relay && new Relay({ ...options, ...relay, legs: this.#legs, draw: () => this.#draw() });
    peers.onAsk('reserve', async (from) => this.#asRelay().reserve(from));
    peers.onAsk('circuit', async (from, asked) => this.#asRelay().open(from, asked));
    peers.onAsk('incoming', async (from, asked) => this.#take(from, asked));
    peers.whenLost((server) => {
      this.#doors.delete(server);
      this.#relay?.lost(server);
    });
  }

  /** Servers that are reached through this one, and circuits that it passes on. */
  get relayed(): { readonly servers: number; readonly circuits: number } {
    return { servers: this.#relay?.places.size ?? 0, circuits: this.#relay?.circuits ?? 0 };
  }

  /**
   * Asks a linked server to be reached through it from now on, until its link ends; resolves with where it is dialled.
   * Rejects with a Refusal: `forbidden` or `unknown-request` when it is no relay for this one, `too-many`, `unavailable`.
   */
  async reserve(relay: string): Promise<string> {
    const { peers } = this.#options;
    if (peers.linkWith(relay)?.transport === 'circuit') throw new Refusal('forbidden');
    // It may be quicker to send somebody than to answer.
    this.#doors.add(relay);
    try {
      return (await peers.ask(relay, 'reserve', {}, { priority: 'control' })).url;
    } catch (error) {
      this.#doors.delete(relay);
      throw error;
    }
  }

  /** How a server is dialled through a linked relay. */
  dial(relay: string, server: string): Dial {
    return async (signal) => {
      const { peers } = this.#options;
      const circuit = this.#draw();
      const link = this.#end(relay, circuit);
      if (!link || peers.linkWith(relay)?.transport === 'circuit') throw new LinkClosed('lost');
      const options = { priority: 'control', timeoutMs: openMs, ...(signal && { signal }) } as const;
      try {
        await peers.ask(relay, 'circuit', { circuit, to: server }, options);
        return link;
      } catch (error) {
        link.close('lost');
        if (error instanceof Refusal) throw new LinkClosed(reasons[error.code] ?? 'lost', { cause: error });
        throw error;
      }
    };
  }

  close(): void {
    this.#relay?.close();
  }

  #asRelay(): Relay {
    if (!this.#relay) throw new Refusal('forbidden');
    return this.#relay;
  }

  /** A relay says that somebody wants to reach this server. */
  #take(relay: string, { circuit, from }: QuestionPayload<'incoming'>): QuestionReply<'incoming'> {
    const { peers, limits } = this.#options;
    if (!this.#doors.has(relay) || !peers.mayLink(from)) throw new Refusal('forbidden');
    if (this.#legs.count(relay) >= limits.circuitsThroughRelay) throw new Refusal('too-many');
    const link = this.#end(relay, circuit);
    if (!link) throw new Refusal('duplicate');
    peers.accept(link);
    return {};
  }

  /** This end of a circuit; undefined where its number is taken. */
  #end(relay: string, circuit: number): Link | undefined {
    const { runtime, link: given } = this.#options;
    const owner: LegOwner = {
      data: (bytes, hasMore) => link.receive(bytes, hasMore),
      credit: (total) => link.grant(total),
      ended: (reason) => link.ended(reason),
      evicted: () => link.close('lost'),
    };
    const leg = this.#legs.open(relay, circuit, owner);
    if (!leg) return undefined;
    const link: CircuitLink = new CircuitLink(leg, {
      address: relay,
      maxFrameBytes: maxMessageBytes,
      timers: runtime,
      ...given,
    });
    return link;
  }

  /** A number that the other side of a link has hardly drawn too: of 48 bits. */
  #draw(): number {
    const number = this.#options.runtime.randomBytes(6).reduce((sum, byte) => sum * 256 + byte, 0);
    return Math.max(1, number);
  }
}
