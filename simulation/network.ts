// The network between the programs: links that carry in order, late, not at all, or are cut; in one direction or both;
// and lines between two hosts that nothing passes, or only slowly.
import { type Dial, type Link, LinkClosed, type Listener } from '@parley/link';
import { memoryNetwork, type Piece } from '@parley/link/memory';
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';
import type { Random } from './random.ts';

/** A dial that is not answered is given up. */
const handshakeMs = 10_000;

type Direction = 'up' | 'down';
type Delay = [from: number, to: number];

interface Way {
  /** As `from>to`. */
  readonly line: string;
  /** What is under way, in order; it waits while the way is stalled or its line blocked. */
  readonly pieces: { deliver: () => void; atMs: number }[];
  /** Nothing that is sent now arrives before this. */
  freeMs: number;
  stalled: boolean;
  cancel: (() => void) | undefined;
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
  /** Lines that nothing passes now, and how often each was blocked. */
  readonly #blocked = new Map<string, number>();
  /** Lines with a delay of their own. */
  readonly #slow = new Map<string, Delay>();
  #dialled = 0;
  /** Of each piece, both ends included. */
  delayMs: Delay = [0, 0];

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
      const wire = this.#wire(life.name, to.host);
      const { name } = wire;
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

  #wire(from: string, to: string): Wire {
    const way = (line: string): Way => ({ line, pieces: [], freeMs: 0, stalled: false, cancel: undefined });
    const ways = { up: way(`${from}>${to}`), down: way(`${to}>${from}`) };
    return { name: `${from}#${++this.#dialled}`, from, to, ways, ends: [], cut: false };
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
    wire.ways[direction].stalled = true;
  }

  flow(wire: Wire, direction: Direction): void {
    const way = wire.ways[direction];
    way.stalled = false;
    this.#letGo(wire, way);
  }

  /** Nothing passes from a host to another, on wires that stand and on new ones, until it was unblocked as often. */
  block(from: string, to: string): void {
    const line = `${from}>${to}`;
    this.#blocked.set(line, (this.#blocked.get(line) ?? 0) + 1);
  }

  unblock(from: string, to: string): void {
    const line = `${from}>${to}`;
    const times = this.#blocked.get(line) ?? 0;
    if (times > 1) this.#blocked.set(line, times - 1);
    else this.#open(line);
  }

  /** Everything passes again everywhere, in due time. */
  heal(): void {
    this.#unreachable.clear();
    this.#slow.clear();
    for (const line of [...this.#blocked.keys()]) this.#open(line);
    for (const wire of this.wires) for (const direction of ['up', 'down'] as const) this.flow(wire, direction);
  }

  /** Every end of a wire that is cut learns of it now. */
  tellCut(): void {
    for (const wire of this.wires) if (wire.cut) for (const end of wire.ends) end.close('lost');
  }

  /** What passes from a host to another takes so long, whatever {@link delayMs} says; undefined: no longer. */
  slow(from: string, to: string, delayMs: Delay | undefined): void {
    if (delayMs) this.#slow.set(`${from}>${to}`, delayMs);
    else this.#slow.delete(`${from}>${to}`);
  }

  #open(line: string): void {
    this.#blocked.delete(line);
    for (const wire of this.wires)
      for (const way of Object.values(wire.ways)) if (way.line === line) this.#letGo(wire, way);
  }

  #isClosed = (way: Way): boolean => way.stalled || this.#blocked.has(way.line);

  /** What waited is on its way anew. */
  #letGo(wire: Wire, way: Way): void {
    if (this.#isClosed(way)) return;
    const soonMs = this.#clock.nowMs + this.#delayOf(way);
    for (const piece of way.pieces) piece.atMs = Math.max(piece.atMs, soonMs);
    way.freeMs = Math.max(way.freeMs, way.pieces.at(-1)?.atMs ?? 0);
    this.#drain(wire, way);
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
    const atMs = Math.max(this.#clock.nowMs + this.#delayOf(way), way.freeMs);
    way.freeMs = atMs;
    way.pieces.push({ deliver, atMs });
    if (way.pieces.length === 1) this.#drain(wire, way);
  }

  #delayOf = ({ line }: Way): number => this.#random.between(...(this.#slow.get(line) ?? this.delayMs));

  /** Delivers what has arrived, and then what follows it. */
  #drain(wire: Wire, way: Way): void {
    way.cancel?.();
    way.cancel = undefined;
    const [first] = way.pieces;
    if (!first || wire.cut || this.#isClosed(way)) return;
    way.cancel = this.#clock.setTimer(() => {
      way.cancel = undefined;
      if (wire.cut || this.#isClosed(way)) return;
      way.pieces.shift();
      first.deliver();
      this.#drain(wire, way);
    }, first.atMs - this.#clock.nowMs);
  }
}
