// Length-prefixed frames over TCP or TLS; the wire is described in deframer.ts.
import { connect, createServer, isIP, type ListenOptions, type Server, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TlsOptions,
} from 'node:tls';
import { plainAddress } from './address.ts';
import { type CloseReason, closeCode, closeReason } from './close-reason.ts';
import { closeWord, Deframer, pingWord, pongWord, type Sink, word } from './deframer.ts';
import { frameOnce } from './framing.ts';
import { closeGraceMs, handshakeMs, heartbeatSlots, maxLinks } from './limits.ts';
import { type Dial, type Link, LinkClosed, type Listener } from './link.ts';
import { LinkSet } from './link-set.ts';
import { open } from './opening.ts';
import { filled, type LinkOptions } from './options.ts';
import { SocketLink } from './socket-link.ts';

const owner = Symbol('link');

// Handlers are shared by all sockets and find their link here: a closure per socket and event would cost more
// memory than the link itself.
type LinkSocket = Socket & { [owner]?: TcpLink };

class TcpLink extends SocketLink implements Sink {
  readonly framing = 'length-prefixed';
  readonly #deframer: Deframer;
  #pongDue = false;
  #cancelGrace: (() => void) | undefined;

  constructor(socket: LinkSocket, secure: boolean, maxFrameBytes: number, set: LinkSet) {
    const peer = { address: plainAddress(socket.remoteAddress ?? ''), transport: 'tcp', secure } as const;
    super({ socket, peer, encoding: 'cbor', maxFrameBytes, set }, socket);
    this.#deframer = new Deframer(maxFrameBytes);
    socket[owner] = this;
    socket.setNoDelay(true);
    socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('error', onError).on('close', onClose);
  }

  write(framed: Uint8Array): void {
    if (!this.over) this.socket.write(framed);
  }

  receive(chunk: Uint8Array): void {
    if (this.over) return;
    this.#deframer.push(chunk, this);
    // One answer for all pings of a chunk, and none to a peer that does not read: a flood of pings gains nothing.
    if (this.#pongDue && !this.over && !this.socket.writableNeedDrain) this.socket.write(word(pongWord));
    this.#pongDue = false;
  }

  onFrame(frame: Uint8Array): void {
    this.inbox.push(frame);
  }

  onWord(value: number): boolean {
    if (value === (pongWord & 0xffff)) return true;
    if (value === (pingWord & 0xffff)) {
      this.#pongDue = true;
      return true;
    }
    if (value < 1000 || value > 4999) return false;
    this.#deframer.stop();
    this.finish(closeReason(value), false);
    this.socket.destroy();
    return true;
  }

  onBroken(reason: CloseReason): void {
    this.close(reason);
  }

  gone(): void {
    this.finish('lost', false);
    this.#cancelGrace?.();
    this.leave();
  }

  protected ping(): void {
    this.socket.write(word(pingWord));
  }

  protected put(frame: Uint8Array): 'ready' | 'full' {
    this.gather();
    return this.socket.write(frameOnce('length-prefixed', frame, Buffer.allocUnsafe)) ? 'ready' : 'full';
  }

  protected shut(reason: CloseReason): void {
    this.#deframer.stop();
    if (reason === 'lost') {
      this.socket.destroy();
      return;
    }
    this.socket.end(word(closeWord + closeCode(reason)));
    // Until the other side ends, what still comes is read and dropped: destroying a socket with unread bytes would
    // reset the connection and overtake the word.
    this.#cancelGrace = this.timers.setTimer(() => this.socket.destroy(), closeGraceMs);
  }
}

function onData(this: LinkSocket, chunk: Uint8Array): void {
  this[owner]?.receive(chunk);
}

function onDrain(this: LinkSocket): void {
  this[owner]?.drained();
}

function onEnd(this: LinkSocket): void {
  this.destroy();
}

function onError(this: LinkSocket): void {}

function onClose(this: LinkSocket): void {
  this[owner]?.gone();
}

export interface TcpListenOptions extends LinkOptions {
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  /** With it, TLS; certificate and key as node:tls takes them. */
  readonly tls?: TlsOptions | undefined;
  readonly maxLinks?: number | undefined;
}

export interface TcpDialOptions extends LinkOptions {
  readonly host: string;
  readonly port: number;
  /** With it, TLS; `{}` for the system's authorities. */
  readonly tls?: ConnectionOptions | undefined;
}

function serverName(host: string): string {
  return isIP(host) === 0 ? host : '';
}

function address(server: Server): Listener['address'] {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening on an IP port');
  return { host: bound.address, port: bound.port };
}

/** Accepts links; resolves when listening, rejects when the port cannot be had. */
export async function listen(options: TcpListenOptions, accept: (link: Link) => void): Promise<Listener> {
  const { maxFrameBytes, heartbeatMs, timers } = filled(options);
  const { tls } = options;
  const set = new LinkSet(timers, heartbeatMs, heartbeatSlots);
  const onSocket = (socket: Socket): void => accept(new TcpLink(socket, tls !== undefined, maxFrameBytes, set));
  const server = tls ? createTlsServer({ handshakeTimeout: handshakeMs, ...tls }, onSocket) : createServer(onSocket);
  // Node drops what is above it without a word, before any link is made.
  server.maxConnections = options.maxLinks ?? maxLinks;
  const raw = new Set<Socket>();
  if (tls) trackSockets(server, raw);
  const where: ListenOptions = { port: options.port };
  if (options.host !== undefined) where.host = options.host;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    address: address(server),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await set.close('going-away');
      for (const socket of raw) socket.destroy();
      await closed;
    },
  };
}

/** Sockets whose TLS handshake is not done belong to no link yet, but would keep the server from closing. */
function trackSockets(server: Server, raw: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    raw.add(socket);
    socket.once('close', () => raw.delete(socket));
  });
}

/** Dials a host and port. Name resolution takes both families and the quicker one wins (node:net). */
export function dial(options: TcpDialOptions): Dial {
  const { maxFrameBytes, heartbeatMs, timers } = filled(options);
  const { host, port, tls } = options;
  return (signal) =>
    open(signal, timers, ({ opened, failed }) => {
      const socket = tls ? connectTls({ servername: serverName(host), ...tls, host, port }) : connect({ host, port });
      const onFailed = (cause?: Error): void => failed(new LinkClosed('lost', { cause }));
      socket.once('error', onFailed).once('close', onFailed);
      socket.once(tls ? 'secureConnect' : 'connect', () => {
        socket.off('error', onFailed).off('close', onFailed);
        opened(new TcpLink(socket, tls !== undefined, maxFrameBytes, new LinkSet(timers, heartbeatMs, 1)));
      });
      return () => socket.destroy();
    });
}
