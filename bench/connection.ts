// One TCP connection of the load generator. Every connection reads into the same scratch memory: what is read is
// handled before the next read, and only the rest of a cut frame is kept.
import { connect, type Socket } from 'node:net';
import type { PayloadSink, Wire } from './wire.ts';

const maxFrameBytes = 1 << 20;
const chunkBytes = 1 << 17;
const maxWaiting = 1000;
const answerTimeoutMs = 10_000;
const nothing = Buffer.alloc(0);

/** Memory that all connections of one generator read into: a chunk, and before it room for the rest of a cut frame. */
export interface Scratch {
  space: Buffer;
  chunk: Buffer;
  /** `performance.now()` in µs when the last chunk was read: one clock call a chunk, not one a delivery */
  nowUs: number;
}

export function scratch(): Scratch {
  const space = Buffer.alloc(maxFrameBytes + chunkBytes);
  return { space, chunk: space.subarray(maxFrameBytes), nowUs: 0 };
}

/**
 * An open connection. Until `flow` is called, payloads wait for `next`; afterwards each goes to the sink at once.
 * `failed` settles, with a reason, only when the connection breaks before `close`.
 */
export class Connection {
  readonly failed: Promise<Error>;
  readonly #wire: Wire;
  readonly #socket: Socket;
  readonly #scratch: Scratch;
  readonly #reply = (bytes: Buffer) => void this.#socket.write(bytes);
  #rest = nothing;
  #open = false;
  #closed = false;
  #opened = Promise.withResolvers<void>();
  #waiting: Buffer[] = [];
  #wanted: ((payload: Buffer) => void) | undefined;
  #sink: PayloadSink = (buffer, start, end) => this.#keep(Buffer.from(buffer.subarray(start, end)));

  private constructor(port: number, wire: Wire, memory: Scratch, localAddress: string) {
    this.#wire = wire;
    this.#scratch = memory;
    const failure = Promise.withResolvers<Error>();
    this.failed = failure.promise;
    const onread = { buffer: memory.chunk, callback: (bytes: number) => this.#receive(bytes) };
    this.#socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true, onread });
    this.#socket.on('connect', () => this.#socket.write(wire.opening()));
    this.#socket.on('error', (error) => failure.resolve(error));
    this.#socket.on('close', () => {
      if (!this.#closed) failure.resolve(new Error('the server closed a connection'));
    });
  }

  /** Connects and waits for the wire's handshake. Rejects when the server refuses, breaks off or does not answer. */
  static async open(port: number, wire: Wire, memory: Scratch, localAddress = '127.0.0.1'): Promise<Connection> {
    const connection = new Connection(port, wire, memory, localAddress);
    await connection.#unlessFailed(connection.#opened.promise);
    return connection;
  }

  /** The next payload, in order. Rejects when the connection breaks or nothing comes for ten seconds. */
  async next(): Promise<Buffer> {
    const payload = this.#waiting.shift();
    if (payload) return payload;
    return this.#unlessFailed(new Promise((resolve) => (this.#wanted = resolve)));
  }

  /** Sends one payload. */
  send(payload: Buffer): void {
    this.#socket.write(this.#wire.frame(payload));
  }

  /** Sends many payloads with one write. */
  sendAll(payloads: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(payloads.map((payload) => this.#wire.frame(payload))));
  }

  /** Sends bytes as they are. */
  sendUnframed(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Hands every payload, those waiting first, to `sink`. */
  flow(sink: PayloadSink): void {
    this.#sink = sink;
    for (const payload of this.#waiting.splice(0)) sink(payload, 0, payload.length);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #keep(payload: Buffer): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted) wanted(payload);
    else if (this.#waiting.length < maxWaiting) this.#waiting.push(payload);
    else throw new Error('the server sends more than was asked for');
  }

  #receive(bytes: number): boolean {
    if (this.#closed) return true;
    const { space } = this.#scratch;
    this.#scratch.nowUs = performance.now() * 1000;
    const end = maxFrameBytes + bytes;
    let at = maxFrameBytes - this.#rest.length;
    this.#rest.copy(space, at);
    try {
      if (!this.#open) {
        const payloads = this.#wire.opened(space, at, end);
        this.#open = payloads !== -1;
        if (this.#open) {
          at = payloads;
          this.#opened.resolve();
        }
      }
      if (this.#open) at = this.#wire.read(space, at, end, this.#sink, this.#reply);
      if (end - at > maxFrameBytes) throw new Error(`a frame of the server is longer than ${maxFrameBytes} bytes`);
    } catch (error) {
      this.#socket.destroy(error as Error);
    }
    this.#rest = at === end ? nothing : Buffer.from(space.subarray(at, end));
    return true;
  }

  async #unlessFailed<Value>(value: Promise<Value>): Promise<Value> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(() => timeout.reject(new Error('the server does not answer')), answerTimeoutMs);
    const broken = this.failed.then((error) => Promise.reject(error));
    try {
      return await Promise.race([value, broken, timeout.promise]);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
