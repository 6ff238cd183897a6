/** The frames of a link's own that are to be sent next. Of each sort the newest says all, so they need no queue. */
import { encodeFederationFrame, type FrameName, type FramePayload } from '@parley/protocol';
import { encodePiece } from './pieces.ts';
import type { Priority } from './priority.ts';

/** Frames that are a link's own, and so never stand among others. */
const own = ['hello', 'ping', 'pong', 'credit'] as const satisfies FrameName[];
export const ownNames: ReadonlySet<string> = new Set(own);
/** Those, and what carries questions. */
export type LinkFrameName = (typeof own)[number] | 'ask' | 'answer';

export class OwnFrames {
  #hello: FramePayload<'hello'> | undefined;
  #ping: number | undefined;
  #pong: number | undefined;
  readonly #credit = new Map<Priority, number>();

  constructor(hello: FramePayload<'hello'>) {
    this.#hello = hello;
  }

  ping(n: number): void {
    this.#ping = n;
  }

  pong(n: number): void {
    this.#pong = n;
  }

  credit(priority: Priority, total: number): void {
    this.#credit.set(priority, total);
  }

  /** The piece that is to be sent now. */
  next(): Uint8Array | undefined {
    const bytes = this.#frame();
    return bytes && encodePiece({ priority: undefined, isAnswer: false, hasMore: false, bytes });
  }

  #frame(): Uint8Array | undefined {
    const [hello, ping, pong] = [this.#hello, this.#ping, this.#pong];
    if (hello) {
      this.#hello = undefined;
      return encodeFederationFrame('hello', hello);
    }
    if (pong !== undefined) {
      this.#pong = undefined;
      return encodeFederationFrame('pong', { n: pong });
    }
    if (ping !== undefined) {
      this.#ping = undefined;
      return encodeFederationFrame('ping', { n: ping });
    }
    const [credit] = this.#credit;
    if (!credit) return undefined;
    const [priority, total] = credit;
    this.#credit.delete(priority);
    return encodeFederationFrame('credit', { priority, total });
  }
}
