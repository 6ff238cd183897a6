// Links within one process, for tests and the simulator. What travels is handed piece by piece to `carry`, which
// decides when it arrives, or that it never does.
import { BaseLink } from './base.ts';
import type { CloseReason } from './close-reason.ts';
import { unframe } from './deframer.ts';
import { heartbeatSlots, memoryWindowBytes } from './limits.ts';
import { type Dial, type Encoding, type Link, LinkClosed, type Listener } from './link.ts';
import { type Beating, LinkSet } from './link-set.ts';
import { open } from './opening.ts';
import { filled, type LinkOptions } from './options.ts';
import type { Timers } from './runtime.ts';

export interface Piece {
  readonly from: string;
  readonly to: string;
  readonly kind: 'dial' | 'frame' | 'ping' | 'pong' | 'close';
  readonly bytes: number;
}

/**
 * Calls `deliver` when the piece arrives, for each direction of a link in the order of the calls. Never calling it is
 * a half-open connection: the bytes stay in `buffered`, and a heartbeat notices.
 */
export type Carry = (piece: Piece, deliver: () => void) => void;

export interface MemoryOptions extends LinkOptions {
  /** Default `json`. */
  readonly encoding?: Encoding | undefined;
  /** Default: everything arrives in the next microtask. */
  readonly carry?: Carry | undefined;
  /** By whose time a dial that nobody answers is given up; without them it waits for ever. */
  readonly dialTimers?: Timers | undefined;
}

const promptly: Carry = (_piece, deliver) => queueMicrotask(deliver);

interface Side {
  readonly host: string;
  readonly encoding: Encoding;
  readonly maxFrameBytes: number;
  readonly carry: Carry;
  readonly set: LinkSet | undefined;
}

class MemoryLink extends BaseLink implements Beating {
  readonly framing = 'length-prefixed';
  readonly #side: Side;
  #other: MemoryLink | undefined;
  #underWay = 0;
  #arrived = 0;
  #arrivedAtBeat = 0;
  #asked = false;

  constructor(side: Side, otherHost: string) {
    const peer = { address: otherHost, transport: 'memory', secure: false } as const;
    super(peer, side.encoding, side.maxFrameBytes, { pause() {}, resume: () => this.#other?.taken() });
    this.#side = side;
    side.set?.add(this);
  }

  join(other: MemoryLink): void {
    this.#other = other;
  }

  get buffered(): number {
    return this.#underWay + (this.#other?.inbox.bytes ?? 0);
  }

  write(framed: Uint8Array): void {
    if (this.over) return;
    for (const frame of unframe(framed)) this.put(frame);
  }

  beat(): void {
    if (this.#arrived !== this.#arrivedAtBeat || this.inbox.paused) {
      this.#arrivedAtBeat = this.#arrived;
      this.#asked = false;
    } else if (this.#asked) {
      this.close('lost');
    } else {
      this.#asked = true;
      this.#carry('ping', 0, (other) => other.#carry('pong', 0, () => {}));
    }
  }

  abort(): void {
    this.close('lost');
    this.#side.set?.delete(this);
  }

  /** The other side has read on. */
  taken(): void {
    if (this.buffered <= memoryWindowBytes) this.release();
  }

  protected put(frame: Uint8Array): 'ready' | 'full' {
    const copy = frame.slice();
    this.#underWay += copy.length;
    this.#carry('frame', copy.length, (other) => {
      this.#underWay -= copy.length;
      other.#receive(copy);
      this.taken();
    });
    return this.buffered > memoryWindowBytes ? 'full' : 'ready';
  }

  protected shut(reason: CloseReason): void {
    this.#carry('close', 0, (other) => other.#end(reason));
    this.#side.set?.delete(this);
  }

  #receive(frame: Uint8Array): void {
    if (frame.length <= this.maxFrameBytes) this.inbox.push(frame);
    else this.close('too-large');
  }

  #end(reason: CloseReason): void {
    this.finish(reason, false);
    this.#side.set?.delete(this);
  }

  #carry(kind: Piece['kind'], bytes: number, deliver: (other: MemoryLink) => void): void {
    const other = this.#other;
    if (other === undefined) return;
    this.#side.carry({ from: this.#side.host, to: this.peer.address, kind, bytes }, () => {
      other.#arrived += 1;
      deliver(other);
    });
  }
}

function sideOf(host: string, options: MemoryOptions, set: LinkSet | undefined): Side {
  const { maxFrameBytes } = filled(options);
  return { host, encoding: options.encoding ?? 'json', maxFrameBytes, carry: options.carry ?? promptly, set };
}

/** Heartbeats only with timers handed in, so that a plain test leaves none running. */
function setFor(options: MemoryOptions, slots: number): LinkSet | undefined {
  const { heartbeatMs, timers } = filled(options);
  return options.timers === undefined ? undefined : new LinkSet(timers, heartbeatMs, slots);
}

function join(one: Side, two: Side): [MemoryLink, MemoryLink] {
  const first = new MemoryLink(one, two.host);
  const second = new MemoryLink(two, one.host);
  first.join(second);
  second.join(first);
  return [first, second];
}

/** Two ends of one link; the second with options of its own where its limits differ. */
export function pair(options: MemoryOptions = {}, second: MemoryOptions = options): [Link, Link] {
  return join(sideOf('first', options, setFor(options, 1)), sideOf('second', second, setFor(second, 1)));
}

export interface MemoryNetwork {
  /** Accepts links for `host` and `port`; throws when something listens there already. */
  listen(address: { host: string; port: number }, accept: (link: Link) => void, options?: MemoryOptions): Listener;
  /** Dials from a host, whose name the other side sees as the address. */
  dial(from: string, to: { host: string; port: number }, options?: MemoryOptions): Dial;
}

/** Hosts that reach each other by name. `options` hold for both ends unless a call gives others. */
export function memoryNetwork(options: MemoryOptions = {}): MemoryNetwork {
  const doors = new Map<string, (side: Side) => MemoryLink>();
  return {
    listen({ host, port }, accept, own = {}) {
      const key = `${host}:${port}`;
      if (doors.has(key)) throw new Error(`something listens on ${key} already`);
      const merged = { ...options, ...own };
      const live = new Set<MemoryLink>();
      const set = setFor(merged, heartbeatSlots);
      doors.set(key, (side) => {
        const [link, dialled] = join(sideOf(host, merged, set), side);
        live.add(link);
        link.closed.then(() => live.delete(link));
        accept(link);
        return dialled;
      });
      return {
        address: { host, port },
        async close() {
          doors.delete(key);
          for (const link of live) link.close('going-away');
        },
      };
    },
    dial(from, { host, port }, own = {}) {
      const merged = { ...options, ...own };
      const carry = merged.carry ?? promptly;
      return (signal) =>
        open(signal, merged.dialTimers, ({ opened, failed }) => {
          let abandoned = false;
          carry({ from, to: host, kind: 'dial', bytes: 0 }, () => {
            if (abandoned) return;
            const door = doors.get(`${host}:${port}`);
            if (door === undefined) failed(new LinkClosed('lost'));
            else opened(door(sideOf(from, merged, setFor(merged, 1))));
          });
          return () => {
            abandoned = true;
          };
        });
    },
  };
}
