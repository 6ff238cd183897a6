// A link through somebody in between, who passes on what a carrier is given, in order, or says that it ended. Credit from
// the other end bounds what is under way; whoever is in between may hold credit back, and so slow the sender.
import { circuitLimits } from '@parley/protocol';
import { BaseLink } from './base.ts';
import type { CloseReason } from './close-reason.ts';
import { unframe } from './deframer.ts';
import { closeGraceMs, memoryWindowBytes } from './limits.ts';
import type { Encoding } from './link.ts';
import { filled, type LinkOptions } from './options.ts';
import type { Timers } from './runtime.ts';

/** Takes everything at once: what it holds is bounded by the credit. */
export interface CircuitCarrier {
  /** A frame, or with `hasMore` a full part of one. The bytes do not change afterwards. */
  data(bytes: Uint8Array, hasMore: boolean): void;
  /** The other end may send, until all that it sent is so much. The newest total says all. */
  credit(total: number): void;
  /** The last; after all data. */
  end(reason: CloseReason): void;
}

export interface CircuitOptions extends LinkOptions {
  /** Who passes it on, for `peer.address`. */
  readonly address: string;
  /** Default `cbor`. */
  readonly encoding?: Encoding | undefined;
}

const { chunkBytes, chunkOverheadBytes, windowBytes } = circuitLimits;

/** Granted anew when so much was read. */
const grantBytes = windowBytes / 4;

/** What a chunk is charged for. */
export const chunkCost = (bytes: Uint8Array): number => bytes.length + chunkOverheadBytes;

/** One end of a circuit. What comes from the other end is handed to `receive`, `grant` and `ended`. */
export class CircuitLink extends BaseLink {
  readonly framing = 'length-prefixed';
  readonly #carrier: CircuitCarrier;
  readonly #timers: Timers;
  /** Frames that wait for credit; of the first one `#done` bytes are sent. */
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #done = 0;
  #sent = 0;
  #granted: number = windowBytes;
  /** Of the frame that is arriving. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #received = 0;
  #allowed: number = windowBytes;
  /** Said once all that waits is sent. */
  #goodbye: CloseReason | undefined;
  #cancelGrace = (): void => {};
  /** Either side has said goodbye. */
  #isGone = false;

  constructor(carrier: CircuitCarrier, options: CircuitOptions) {
    const { maxFrameBytes, timers } = filled(options);
    const peer = { address: options.address, transport: 'circuit', secure: false } as const;
    super(peer, options.encoding ?? 'cbor', maxFrameBytes, { pause() {}, resume: () => this.#allow() });
    this.#carrier = carrier;
    this.#timers = timers;
  }

  get buffered(): number {
    return this.#waitingBytes;
  }

  write(framed: Uint8Array): void {
    if (this.over) return;
    for (const frame of unframe(framed)) this.put(frame);
  }

  /** The next chunk from the other end. */
  receive(bytes: Uint8Array, hasMore: boolean): void {
    if (this.over) return;
    this.#received += chunkCost(bytes);
    const isPart = !hasMore || bytes.length === chunkBytes;
    if (this.#received > this.#allowed || !isPart) {
      this.close('bad-frame');
      return;
    }
    this.#partBytes += bytes.length;
    if (this.#partBytes > this.maxFrameBytes) {
      this.close('too-large');
      return;
    }
    this.#parts.push(bytes);
    if (!hasMore) this.inbox.push(this.#whole());
    this.#allow();
  }

  /** The other end has read on. */
  grant(total: number): void {
    if (this.#isGone) return;
    if (total < this.#granted || total > this.#sent + windowBytes) {
      this.close('bad-frame');
      return;
    }
    this.#granted = total;
    this.#pump();
  }

  /** The other end is gone, or whoever was in between. */
  ended(reason: CloseReason): void {
    if (this.#isGone) return;
    this.#leave();
    this.finish(reason, false);
  }

  protected put(frame: Uint8Array): 'ready' | 'full' {
    this.#waiting.push(frame);
    this.#waitingBytes += chunkCost(frame);
    this.#pump();
    return this.#waitingBytes > memoryWindowBytes ? 'full' : 'ready';
  }

  protected shut(reason: CloseReason): void {
    this.#parts = [];
    if (reason === 'lost' || this.#waiting.length === 0) {
      this.#sayGoodbye(reason);
      return;
    }
    this.#goodbye = reason;
    this.#cancelGrace = this.#timers.setTimer(() => this.#sayGoodbye(reason), closeGraceMs);
  }

  #pump(): void {
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      const bytes = frame.subarray(this.#done, this.#done + chunkBytes);
      if (this.#sent + chunkCost(bytes) > this.#granted) break;
      this.#sent += chunkCost(bytes);
      this.#done += bytes.length;
      const hasMore = this.#done < frame.length;
      if (!hasMore) {
        this.#waiting.shift();
        this.#waitingBytes -= chunkCost(frame);
        this.#done = 0;
      }
      this.#carrier.data(bytes, hasMore);
    }
    if (this.#waitingBytes <= memoryWindowBytes) this.release();
    if (this.#goodbye !== undefined && this.#waiting.length === 0) this.#sayGoodbye(this.#goodbye);
  }

  #whole(): Uint8Array {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) {
      this.#parts = [];
      this.#partBytes = 0;
      return first;
    }
    const whole = new Uint8Array(this.#partBytes);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#partBytes = 0;
    return whole;
  }

  /** Lets the other end send on, unless too much is unread. */
  #allow(): void {
    if (this.over || this.inbox.paused) return;
    const total = this.#received + windowBytes;
    if (total - this.#allowed < grantBytes) return;
    this.#allowed = total;
    this.#carrier.credit(total);
  }

  #sayGoodbye(reason: CloseReason): void {
    if (this.#isGone) return;
    this.#leave();
    this.#carrier.end(reason);
  }

  #leave(): void {
    this.#isGone = true;
    this.#cancelGrace();
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#parts = [];
  }
}
