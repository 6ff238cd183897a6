/**
 * One encoding of a message for all its readers, and one write for each reader and window. What a room produced within
 * the window goes out as one run of bytes; the window is nothing while the room is quiet and grows when it is busy.
 */

import { type Framing, frameMany } from '@parley/link';
import { type Encoding, encodeFrame, type ServerEvent } from '@parley/protocol';
import type { Reader } from './reader.ts';
import type { Runtime } from './runtime.ts';

/** The longest that an entry waits for others. */
const windowMs = 10;
/** A room is busy when this many events came within the last window. */
const busyEvents = 4;
/** A write to a reader takes some 5 µs: a room writes no more often than takes a twentieth of the time. */
const restMsPerReader = 0.1;
/** A timer is no more exact than this. */
const leastWaitMs = 1;

/** Up to so many readers are no burden. */
const fewReaders = 20;

/** How far apart the writes of a room with so many readers are: nothing in a small one, up to the window in a large one. */
const restMs = (readers: number): number => (readers > fewReaders ? Math.min(windowMs, readers * restMsPerReader) : 0);

interface Channel<E> {
  readers: Map<Reader, number>;
  events: E[];
  /** Steady time of the last write. */
  flushedAt: number;
  /** Steady time of the first event that waits. */
  since: number;
  /** How many events the last write had. */
  lastCount: number;
  cancel: (() => void) | undefined;
}

const allocate = (size: number): Uint8Array => Buffer.allocUnsafe(size);

type Clock = Pick<Runtime, 'elapsed' | 'setTimer' | 'turnEnd'>;
type Encode<E> = (encoding: Encoding, event: E) => Uint8Array;

export class Fanout<E = ServerEvent> {
  readonly #runtime: Clock;
  readonly #encode: Encode<E>;
  readonly #took: ((seconds: number) => void) | undefined;
  readonly #channels = new Map<string, Channel<E>>();

  /** @param took told how long each batch was on its way, from its first event to its last write */
  constructor(runtime: Clock, encode: Encode<E>, took?: (seconds: number) => void) {
    this.#runtime = runtime;
    this.#encode = encode;
    this.#took = took;
  }

  /** From now on: what was published before goes out first, without this reader. A reader may be added several times. */
  add(room: string, reader: Reader): void {
    let channel = this.#channels.get(room);
    if (!channel) {
      channel = {
        readers: new Map(),
        events: [],
        flushedAt: Number.NEGATIVE_INFINITY,
        since: 0,
        lastCount: 0,
        cancel: undefined,
      };
      this.#channels.set(room, channel);
    }
    this.#flush(channel);
    channel.readers.set(reader, (channel.readers.get(reader) ?? 0) + 1);
  }

  /** Up to now: what was published before still reaches the reader. */
  remove(room: string, reader: Reader): void {
    const channel = this.#channels.get(room);
    const times = channel?.readers.get(reader);
    if (!channel || times === undefined) return;
    this.#flush(channel);
    if (times > 1) channel.readers.set(reader, times - 1);
    else channel.readers.delete(reader);
    if (channel.readers.size > 0) return;
    channel.cancel?.();
    this.#channels.delete(room);
  }

  /** How long what comes next in a room should wait for more, counted from its last write. */
  restMs(room: string): number {
    return restMs(this.#channels.get(room)?.readers.size ?? 0);
  }

  publish(room: string, events: readonly E[]): void {
    const channel = this.#channels.get(room);
    if (!channel) return;
    for (const event of events) channel.events.push(event);
    if (channel.cancel) return;
    channel.since = this.#runtime.elapsed();
    const sinceMs = channel.since - channel.flushedAt;
    const flush = () => this.#flush(channel);
    const busy = channel.lastCount >= busyEvents && sinceMs < windowMs * 2;
    const rest = busy ? windowMs : restMs(channel.readers.size);
    const waitMs = rest - sinceMs;
    // What is left is not waited for when it is the smaller part: then the room's acts have rested already.
    const waits = waitMs >= leastWaitMs && waitMs > rest / 2;
    channel.cancel = waits ? this.#runtime.setTimer(flush, waitMs) : this.#runtime.turnEnd(flush);
  }

  #flush(channel: Channel<E>): void {
    channel.cancel?.();
    channel.cancel = undefined;
    if (channel.events.length === 0) return;
    const events = channel.events;
    channel.events = [];
    channel.lastCount = events.length;
    channel.flushedAt = this.#runtime.elapsed();
    const framed = new Map<string, Uint8Array>();
    for (const reader of channel.readers.keys()) {
      let bytes = framed.get(reader.shape);
      if (!bytes) {
        const { encoding, framing } = reader.link;
        bytes = frameMany(
          framing,
          events.map((event) => this.#encode(encoding, event)),
          allocate,
        );
        framed.set(reader.shape, bytes);
      }
      reader.deliver(bytes);
    }
    this.#took?.((this.#runtime.elapsed() - channel.since) / 1_000);
  }
}

/** Events as the bytes of their frames, end to end. */
export function encodeAll(encoding: Encoding, framing: Framing, events: readonly ServerEvent[]): Uint8Array {
  return frameMany(
    framing,
    events.map((event) => encodeFrame(encoding, event)),
    allocate,
  );
}
