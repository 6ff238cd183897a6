// Cuts a byte stream into length-prefixed frames, however it was split. A header is four bytes big-endian: the length
// of the frame that follows, or, with the upper half all ones, a word to the link itself:
// 0xffff0000 ping, 0xffff0001 pong, 0xffff0000 + a WebSocket close code (1000–4999) goodbye.
export const pingWord = 0xffff0000;
export const pongWord = 0xffff0001;
export const closeWord = 0xffff0000;

/** Memory for a frame under way at first; it doubles as bytes come, so a bare header costs little. */
const firstBytes = 4096;

export interface Sink {
  /** One frame, perhaps a view into the chunk. */
  onFrame(frame: Uint8Array): void;
  /** The lower half of a header that is a word; false when nobody knows it. */
  onWord(word: number): boolean;
  /** After this nothing is read any more. */
  onBroken(reason: 'too-large' | 'bad-frame'): void;
}

/** The four bytes of a word to the link itself. */
export function word(value: number): Uint8Array {
  return Uint8Array.of(0xff, 0xff, value >>> 8, value);
}

export class Deframer {
  readonly #maxFrameBytes: number;
  #header = 0;
  #headerBytes = 0;
  #frame: Uint8Array | undefined;
  #frameBytes = 0;
  #stopped = false;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Reads no further, not even the rest of the current chunk. */
  stop(): void {
    this.#stopped = true;
    this.#frame = undefined;
  }

  push(chunk: Uint8Array, sink: Sink): void {
    let offset = 0;
    while (!this.#stopped) {
      if (this.#headerBytes < 4) {
        if (offset === chunk.length) return;
        this.#header = ((this.#header << 8) | (chunk[offset] as number)) >>> 0;
        this.#headerBytes += 1;
        offset += 1;
        if (this.#headerBytes === 4) this.#onHeader(sink);
        continue;
      }
      const missing = this.#header - this.#frameBytes;
      if (this.#frame === undefined && chunk.length - offset >= missing) {
        this.#finish(chunk.subarray(offset, offset + missing), sink);
        offset += missing;
        continue;
      }
      if (offset === chunk.length) return;
      const part = chunk.subarray(offset, offset + missing);
      this.#gather(part);
      offset += part.length;
      if (this.#frameBytes === this.#header && this.#frame !== undefined) {
        this.#finish(this.#frame.subarray(0, this.#header), sink);
      }
    }
  }

  #onHeader(sink: Sink): void {
    if (this.#header >>> 16 === 0xffff) {
      const value = this.#header & 0xffff;
      this.#header = 0;
      this.#headerBytes = 0;
      if (!sink.onWord(value)) this.#break('bad-frame', sink);
    } else if (this.#header > this.#maxFrameBytes) {
      this.#break('too-large', sink);
    }
  }

  #gather(part: Uint8Array): void {
    const needed = this.#frameBytes + part.length;
    if (this.#frame === undefined || this.#frame.length < needed) {
      const grown = new Uint8Array(Math.min(this.#header, Math.max(firstBytes, needed * 2)));
      if (this.#frame !== undefined) grown.set(this.#frame.subarray(0, this.#frameBytes));
      this.#frame = grown;
    }
    this.#frame.set(part, this.#frameBytes);
    this.#frameBytes = needed;
  }

  #finish(frame: Uint8Array, sink: Sink): void {
    this.#header = 0;
    this.#headerBytes = 0;
    this.#frame = undefined;
    this.#frameBytes = 0;
    sink.onFrame(frame);
  }

  #break(reason: 'too-large' | 'bad-frame', sink: Sink): void {
    this.stop();
    sink.onBroken(reason);
  }
}

/** The frames in bytes that frameMany made; throws RangeError when they are not whole. */
export function unframe(framed: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let offset = 0;
  const view = new DataView(framed.buffer, framed.byteOffset, framed.byteLength);
  while (offset < framed.length) {
    const start = offset + 4;
    offset = start + view.getUint32(offset);
    if (offset > framed.length) throw new RangeError('bytes that are not whole frames');
    frames.push(framed.subarray(start, offset));
  }
  return frames;
}
