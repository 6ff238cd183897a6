// WebSocket links for Node [RFC 6455]. The `ws` library does the handshake and reads; what a server sends is framed
// here and written to the socket directly, so one buffer serves every reader. Both may write, for without compression
// `ws` writes whole frames at once.
import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { type ClientOptions, type RawData, WebSocket, WebSocketServer } from 'ws';
import { clientAddress, plainAddress } from './address.ts';
import { type CloseReason, closeCode, closeReason } from './close-reason.ts';
import { unframe } from './deframer.ts';
import { type Framing, frameOnce } from './framing.ts';
import { closeGraceMs, heartbeatSlots, maxLinks } from './limits.ts';
import { type Dial, type Encoding, type Link, LinkClosed, type Listener, type Peer } from './link.ts';
import { LinkSet } from './link-set.ts';
import { open } from './opening.ts';
import { filled, type LinkOptions } from './options.ts';
import { SocketLink, type SocketLinkOptions } from './socket-link.ts';
import { encodingOf, offeredEncoding, subprotocols } from './subprotocol.ts';

/** A socket of `ws` that knows its link, so that all share their handlers. */
class LinkSocket extends WebSocket {
  link: WebSocketLink | undefined;
}

class WebSocketLink extends SocketLink {
  readonly #ws: LinkSocket;
  readonly framing: Framing;

  constructor(ws: LinkSocket, isServer: boolean, options: Omit<SocketLinkOptions, 'encoding'>) {
    super({ ...options, encoding: encodingOf(ws.protocol) }, ws);
    // A client masks each frame with bytes of its own [RFC 6455 §5.3], so it takes them unframed.
    this.framing = isServer ? (this.encoding === 'json' ? 'websocket-text' : 'websocket-binary') : 'length-prefixed';
    this.#ws = ws;
    ws.link = this;
    ws.on('message', onMessage).on('error', onError).on('close', onClose);
  }

  write(framed: Uint8Array): void {
    // After the other side's goodbye nothing may follow ours [RFC 6455 §5.5.1].
    if (this.over || this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.framing === 'length-prefixed') for (const frame of unframe(framed)) this.put(frame);
    else this.socket.write(framed);
  }

  receive(frame: Uint8Array, isBinary: boolean): void {
    if (isBinary === (this.encoding === 'cbor')) this.inbox.push(frame);
    else this.close('bad-frame');
  }

  /** `ws` refused what it read and has said goodbye with the fitting code. */
  broken(reason: CloseReason): void {
    this.finish(reason, true);
  }

  gone(reason: CloseReason): void {
    this.finish(reason, false);
    this.leave();
  }

  protected ping(): void {
    this.#ws.ping();
  }

  protected put(frame: Uint8Array): 'ready' | 'full' | 'gone' {
    if (this.#ws.readyState !== WebSocket.OPEN) return 'gone';
    this.gather();
    if (this.framing === 'length-prefixed') this.#ws.send(frame, { binary: this.encoding === 'cbor' });
    else this.socket.write(frameOnce(this.framing, frame, Buffer.allocUnsafe));
    if (!this.socket.writableNeedDrain) return 'ready';
    if (!waiting.has(this.socket)) this.socket.once('drain', onDrain);
    waiting.set(this.socket, this);
    return 'full';
  }

  protected shut(reason: CloseReason): void {
    if (reason === 'lost') this.#ws.terminate();
    else this.#ws.close(closeCode(reason), reason);
  }
}

function linkOf(ws: WebSocket): WebSocketLink | undefined {
  return ws instanceof LinkSocket ? ws.link : undefined;
}

// Few sockets wait at a time, so this is kept beside them and not in each.
const waiting = new WeakMap<Socket, WebSocketLink>();

function onDrain(this: Socket): void {
  const link = waiting.get(this);
  waiting.delete(this);
  link?.drained();
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  // With the default binaryType `ws` gives one Buffer.
  linkOf(this)?.receive(data as Buffer, isBinary);
}

function onError(this: WebSocket, error: Error & { code?: string }): void {
  linkOf(this)?.broken(error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'too-large' : 'bad-frame');
}

function onClose(this: WebSocket, code: number): void {
  linkOf(this)?.gone(closeReason(code));
}

export interface AttachOptions extends LinkOptions {
  /** Whether a page of this origin may connect; `undefined` for a client that is no page. Default: all may. */
  readonly mayConnect?: ((origin: string | undefined, request: IncomingMessage) => boolean) | undefined;
  /** Whose X-Forwarded-For and X-Forwarded-Proto are believed. Default: nobody's. */
  readonly isTrustedProxy?: ((address: string) => boolean) | undefined;
  readonly maxLinks?: number | undefined;
  /** The one subprotocol spoken, with binary frames; default: those of clients. */
  readonly subprotocol?: string | undefined;
}

export interface Attached {
  /** The handler for an HTTP server's `upgrade` event; the caller has looked at the path. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Links open now. */
  readonly size: number;
  /** Refuses further upgrades, closes every link as `going-away`, resolves when all connections are gone. */
  close(): Promise<void>;
}

/** Gets a new link with the request that opened it, whose headers tell more than the link does. */
export type AcceptUpgrade = (link: Link, request: IncomingMessage) => void;

/** Turns upgrade requests of a server that somebody else runs into links. Refuses with 400, 403 or 503. */
export function attach(options: AttachOptions, accept: AcceptUpgrade): Attached {
  const { maxFrameBytes, heartbeatMs, timers } = filled(options);
  const { mayConnect = () => true, isTrustedProxy = () => false, subprotocol } = options;
  const chosen = (offered: readonly string[]): string | undefined => {
    if (subprotocol !== undefined) return offered.includes(subprotocol) ? subprotocol : undefined;
    const encoding = offeredEncoding(offered);
    return encoding && subprotocols[encoding];
  };
  const set = new LinkSet(timers, heartbeatMs, heartbeatSlots);
  let closing = false;
  const serverOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    // Of `ws`, newer than its types.
    closeTimeout: closeGraceMs,
    handleProtocols: (offered: Set<string>) => chosen([...offered]) ?? false,
    WebSocket: LinkSocket,
  };
  const server = new WebSocketServer(serverOptions);

  const refusal = (request: IncomingMessage): number | undefined => {
    if (closing || set.size >= (options.maxLinks ?? maxLinks)) return 503;
    if (!mayConnect(request.headers.origin, request)) return 403;
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    return chosen(offered ?? []) === undefined ? 400 : undefined;
  };

  return {
    upgrade(request, duplex, head) {
      const status = refusal(request);
      if (status !== undefined) return refuse(duplex, status);
      // Node hands its own net or TLS sockets to `upgrade`.
      const socket = duplex as Socket;
      const peer = peerOf(request, socket, isTrustedProxy);
      server.handleUpgrade(request, socket, head, (ws) => {
        accept(new WebSocketLink(ws, true, { socket, peer, maxFrameBytes, set }), request);
      });
    },
    get size() {
      return set.size;
    },
    close() {
      closing = true;
      return set.close('going-away');
    },
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function peerOf(request: IncomingMessage, socket: Socket, isTrusted: (address: string) => boolean): Peer {
  const direct = plainAddress(socket.remoteAddress ?? '');
  const header = (name: string): string | undefined => request.headers[name]?.toString();
  const secure = 'encrypted' in socket || (isTrusted(direct) && header('x-forwarded-proto') === 'https');
  return { address: clientAddress(direct, header('x-forwarded-for'), isTrusted), transport: 'websocket', secure };
}

export interface WebSocketListenOptions extends AttachOptions {
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  /** With it, TLS; certificate and key as node:tls takes them. */
  readonly tls?: TlsOptions | undefined;
}

/** A server of its own for links alone, on every path; resolves when listening, rejects when the port cannot be had. */
export async function listen(options: WebSocketListenOptions, accept: (link: Link) => void): Promise<Listener> {
  const { tls, host, port } = options;
  const attached = attach(options, accept);
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('request', (_request, response) => response.writeHead(426, { Upgrade: 'websocket' }).end());
  server.on('upgrade', attached.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(host === undefined ? { port } : { port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await attached.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface WebSocketDialOptions extends LinkOptions {
  readonly encoding: Encoding;
  /** Another subprotocol than that of clients; its frames are binary. */
  readonly subprotocol?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** For wss: authorities, pins and the like, as node:tls takes them. */
  readonly tls?: ConnectionOptions | undefined;
  /** A connection that is open, with TLS where the address says so; by default one is opened. The link takes it over. */
  readonly socket?: Socket | undefined;
}

/** Dials a ws: or wss: address. Redirects are not followed. */
export function dial(url: string, options: WebSocketDialOptions): Dial {
  const { maxFrameBytes, heartbeatMs, timers } = filled(options);
  const { socket: connected } = options;
  const own = {
    headers: { ...options.headers },
    perMessageDeflate: false,
    maxPayload: maxFrameBytes,
    closeTimeout: closeGraceMs,
    ...(connected && { createConnection: () => connected }),
  };
  // As an object without fields, for the types of `ws` describe node:tls differently from node:tls.
  const clientOptions: ClientOptions = Object.assign(own, options.tls as object);
  return (signal) =>
    open(signal, timers, ({ opened, failed }) => {
      const ws = new LinkSocket(url, [options.subprotocol ?? subprotocols[options.encoding]], clientOptions);
      let socket: Socket | undefined;
      const onFailed = (cause: Error): void => failed(new LinkClosed('lost', { cause }));
      ws.on('error', onFailed);
      ws.once('unexpected-response', (request, response) => {
        const status = response.statusCode ?? 0;
        request.destroy();
        failed(new LinkClosed(refusedAs(status), { cause: new Error(`HTTP status ${status}`) }));
      });
      ws.once('upgrade', (response) => {
        socket = response.socket;
      });
      ws.once('open', () => {
        ws.off('error', onFailed);
        if (socket === undefined) return;
        const secure = 'encrypted' in socket;
        const peer = { address: plainAddress(socket.remoteAddress ?? ''), transport: 'websocket', secure } as const;
        const set = new LinkSet(timers, heartbeatMs, 1);
        opened(new WebSocketLink(ws, false, { socket, peer, maxFrameBytes, set }));
      });
      return () => ws.terminate();
    });
}

function refusedAs(status: number): CloseReason {
  return status === 429 || status === 503 ? 'busy' : 'refused';
}
