// What a link has received and its reader has not yet taken. Past the read-ahead it pauses the source, so a slow
// reader slows the sender.
import { frameOverheadBytes, readAheadBytes } from './limits.ts';

export interface Source {
  pause(): void;
  resume(): void;
}

type Taken = IteratorResult<Uint8Array, undefined>;
const over: Taken = { done: true, value: undefined };
const compactAfter = 1024;

export class Inbox implements AsyncIterableIterator<Uint8Array> {
  #source: Source | undefined;
  // Absent while nothing is unread, for most links are idle.
  #unread: Uint8Array[] | undefined;
  #taken = 0;
  #bytes = 0;
  #paused = false;
  #ended = false;
  #wake: ((taken: Taken) => void) | undefined;

  constructor(source?: Source) {
    this.#source = source;
  }

  /** Bytes unread, with an overhead for each frame. */
  get bytes(): number {
    return this.#bytes;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(frame: Uint8Array): void {
    if (this.#ended) return;
    const wake = this.#wake;
    if (wake !== undefined) {
      this.#wake = undefined;
      wake({ done: false, value: frame });
      return;
    }
    this.#unread ??= [];
    this.#unread.push(frame);
    this.#bytes += frame.length + frameOverheadBytes;
    if (this.#bytes > readAheadBytes && !this.#paused) {
      this.#paused = true;
      this.#source?.pause();
    }
  }

  /** Nothing more will come. `discard` also forgets what is unread and lets the source run dry. */
  end(discard: boolean): void {
    this.#ended = true;
    if (discard) {
      this.#unread = undefined;
      this.#taken = 0;
      this.#bytes = 0;
      this.#resume();
    }
    this.#wake?.(over);
    this.#wake = undefined;
  }

  next(): Promise<Taken> {
    const frame = this.#take();
    if (frame !== undefined) return Promise.resolve({ done: false, value: frame });
    if (this.#ended) return Promise.resolve(over);
    if (this.#wake !== undefined) return Promise.reject(new Error('a link has one reader at a time'));
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  return(): Promise<Taken> {
    return Promise.resolve(over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): Uint8Array | undefined {
    const unread = this.#unread;
    const frame = unread?.[this.#taken];
    if (unread === undefined || frame === undefined) return undefined;
    this.#taken += 1;
    if (this.#taken === unread.length) {
      this.#unread = undefined;
      this.#taken = 0;
    } else if (this.#taken === compactAfter) {
      unread.splice(0, compactAfter);
      this.#taken = 0;
    }
    this.#bytes -= frame.length + frameOverheadBytes;
    if (this.#bytes <= readAheadBytes / 2) this.#resume();
    return frame;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#source?.resume();
  }
}
