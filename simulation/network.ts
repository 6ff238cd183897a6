// The network between the programs: links that carry in order, late, not at all, or are cut; in one direction or both.
import { type Dial, type Link, LinkClosed, type Listener } from '@parley/link';
import { memoryNetwork, type Piece } from '@parley/link/memory';
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';
import type { Random } from './random.ts';

/** A dial that is not answered is given up. */
const handshakeMs = 10_000;

type Direction = 'up' | 'down';

interface Way {
  /** Nothing arrives before this. */
  freeMs: number;
  /** Held back while the way is stalled. */
  held: (() => void)[] | undefined;
}

/** One connection, from its dial to its end. */
export interface Wire {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly ways: Record<Direction, Way>;
  readonly ends: Link[];
  cut: boolean;
}

export interface Listening {
  host: string;
  port: number;
  encoding?: 'json' | 'cbor';
}

export class Network {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #wires = new Map<string, Wire>();
  readonly #memory: ReturnType<typeof memoryNetwork>;
  /** Hosts that cannot be dialled now. */
  readonly #unreachable = new Set<string>();
  #dialled = 0;
  /** Of each piece, both ends included. */
  delayMs: [from: number, to: number] = [0, 0];

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    this.#memory = memoryNetwork({ carry: (piece, deliver) => this.#carry(piece, deliver) });
  }

  /** Connections that stand, oldest first. */
  get wires(): Wire[] {
    return [...this.#wires.values()];
  }

  listen(life: Life, at: Listening, accept: (link: Link) => void): Listener {
    const { host, port, encoding = 'json' } = at;
    const accepted = (link: Link) => {
      const wire = this.#wires.get(link.peer.address);
      if (!wire || wire.cut || life.dead) return link.close('lost');
      wire.ends.push(link);
      accept(link);
    };
    const listener = this.#memory.listen({ host, port }, accepted, { timers: life.runtime, encoding });
    life.onDeath(() => {
      for (const wire of this.wires) if (wire.to === host) this.sever(wire);
      void listener.close();
    });
    return listener;
  }

  /** Dials from a program; each call makes a wire of its own. */
  dial(life: Life, to: { host: string; port: number }, encoding: 'json' | 'cbor' = 'json'): Dial {
    return async (signal) => {
      const name = `${life.name}#${++this.#dialled}`;
      const ways = { up: { freeMs: 0, held: undefined }, down: { freeMs: 0, held: undefined } };
      const wire: Wire = { name, from: life.name, to: to.host, ways, ends: [], cut: false };
      this.#wires.set(name, wire);
      life.onDeath(() => this.sever(wire));
      const late = new AbortController();
      const cancel = life.runtime.setTimer(() => late.abort(new LinkClosed('lost')), handshakeMs);
      const given = signal ? [signal, late.signal] : [late.signal];
      try {
        const link = await this.#memory.dial(name, to, { timers: life.runtime, encoding })(AbortSignal.any(given));
        wire.ends.push(link);
        void link.closed.then(() => this.#forget(wire));
        if (wire.cut) link.close('lost');
        return link;
      } catch (error) {
        this.#wires.delete(name);
        throw error;
      } finally {
        cancel();
      }
    };
  }

  /** Makes a host reachable or not, for new connections. */
  reach(host: string, reachable: boolean): void {
    if (reachable) this.#unreachable.delete(host);
    else this.#unreachable.add(host);
  }

  /** Cuts a wire: nothing arrives any more. Each end that is told sees it at once, another by its heartbeat. */
  sever(wire: Wire, told: 'both' | 'neither' | 'one' = 'both'): void {
    if (wire.cut) return;
    wire.cut = true;
    const ends = told === 'both' ? wire.ends : told === 'one' ? [this.#random.pick(wire.ends)] : [];
    for (const end of ends) end.close('lost');
    if (told === 'both') this.#wires.delete(wire.name);
  }

  /** Nothing arrives in one direction until {@link flow}; `up` is from the one who dialled. */
  stall(wire: Wire, direction: Direction): void {
    wire.ways[direction].held ??= [];
  }

  flow(wire: Wire, direction: Direction): void {
    const way = wire.ways[direction];
    const held = way.held ?? [];
    way.held = undefined;
    for (const deliver of held) this.#later(wire, way, deliver);
  }

  #forget(wire: Wire): void {
    if (!wire.cut) this.#clock.setTimer(() => this.#wires.delete(wire.name), 1_000);
    else this.#wires.delete(wire.name);
  }

  #carry(piece: Piece, deliver: () => void): void {
    const wire = this.#wires.get(piece.from) ?? this.#wires.get(piece.to);
    if (!wire || wire.cut) return;
    const way = wire.ways[wire.name === piece.from ? 'up' : 'down'];
    if (piece.kind === 'dial' && this.#unreachable.has(piece.to)) return;
    if (way.held) way.held.push(deliver);
    else this.#later(wire, way, deliver);
  }

  #later(wire: Wire, way: Way, deliver: () => void): void {
    const delayMs = this.#random.between(...this.delayMs);
    const atMs = Math.max(this.#clock.nowMs + delayMs, way.freeMs);
    way.freeMs = atMs;
    this.#clock.setTimer(() => {
      if (wire.cut) return;
      if (way.held) way.held.push(deliver);
      else deliver();
    }, atMs - this.#clock.nowMs);
  }
}
