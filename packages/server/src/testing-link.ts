/** A link that takes what it is given and remembers each write. For tests. */
import type { CloseReason, Framing, Link, Peer } from '@parley/link';
import { decodeServerFrame, type Encoding } from '@parley/protocol';

export class RecordingLink implements Link {
  readonly peer: Peer = { address: 'test', transport: 'memory', secure: false };
  readonly encoding: Encoding;
  readonly framing: Framing;
  readonly writes: Uint8Array[] = [];
  buffered = 0;
  readonly #closed = Promise.withResolvers<CloseReason>();

  constructor(encoding: Encoding = 'cbor', framing: Framing = 'length-prefixed') {
    this.encoding = encoding;
    this.framing = framing;
  }

  get closed(): Promise<CloseReason> {
    return this.#closed.promise;
  }

  write(framed: Uint8Array): void {
    this.writes.push(framed);
  }

  send(): Promise<void> {
    return Promise.resolve();
  }

  close(reason: CloseReason): void {
    this.#closed.resolve(reason);
  }

  async *frames(): AsyncIterableIterator<Uint8Array> {}

  /** The payloads of the events that were written, of a length-prefixed link. */
  get heard(): unknown[] {
    const heard: unknown[] = [];
    for (const bytes of this.writes)
      for (let at = 0; at < bytes.length; ) {
        const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
        const frame = decodeServerFrame(this.encoding, bytes.subarray(at + 4, at + 4 + length));
        heard.push('event' in frame ? frame.payload : frame);
        at += 4 + length;
      }
    return heard;
  }
}
