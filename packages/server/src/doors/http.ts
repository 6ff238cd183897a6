// The HTTP door: the web app's files, two questions of supervisors, and the way to WebSockets.
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isOriginAllowed } from '../address.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { acceptedCoding } from './content-coding.ts';
import { type BoundAddress, listenOn } from './listening.ts';
import { securityHeaders } from './response-headers.ts';
import { listStaticFiles, type StaticFile, type StaticFiles } from './static-files.ts';
import type { TlsFiles } from './tls.ts';

/** Against clients that hold connections by being slow: honest ones need a second for each. */
const standardTimeouts = {
  /** From the first byte to the last of the headers. */
  headersTimeout: 10_000,
  /** To the last of the body, which is thrown away. */
  requestTimeout: 20_000,
  /** Between requests; a page's files come at once. */
  keepAliveTimeout: 5_000,
  /** A socket on which nothing moves in the middle of an answer. */
  timeout: 60_000,
  /** How often the first two are looked at. */
  connectionsCheckingInterval: 2_000,
};

const maxHeaderBytes = 16_384;
const maxHeaders = 64;

/** A certificate is chosen and checked within this. */
const tlsHandshakeMs = 10_000;

export type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;
export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpDoorOptions extends BoundAddress {
  readonly tls?: TlsFiles | undefined;
  /** The built web app; a folder that does not exist serves nothing. */
  readonly appFolder: string;
  /** Further origins whose pages may open a WebSocket at `/ws`. */
  readonly origins?: readonly string[];
  readonly maxConnections: number;
  /** False until the server has started and once it is stopping. */
  readonly isReady: () => boolean;
  /** Gets each WebSocket handshake for `/ws` whose origin is allowed; without it there is none. */
  readonly onUpgrade?: OnUpgrade;
  /** Who gets those for other paths, which look at the origin themselves. */
  readonly upgrades?: Readonly<Record<string, OnUpgrade>>;
  /** Who answers a GET of a path that is no file; the headers that every answer has are set. */
  readonly answers?: Readonly<Record<string, OnRequest>>;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
  readonly timeouts?: Partial<typeof standardTimeouts>;
  /** How long answers under way are waited for when closing. */
  readonly drainMs: number;
}

export interface HttpDoor {
  readonly address: BoundAddress;
  /**
   * Stops listening and resolves when every connection is gone, by force after the drain time. WebSockets are closed by
   * their own door, at the same time.
   */
  close(): Promise<void>;
}

/** Rejects with a StartError when the port cannot be had. */
export async function openHttpDoor(options: HttpDoorOptions): Promise<HttpDoor> {
  const { tls, appFolder, runtime, log, drainMs } = options;
  const timeouts = { ...standardTimeouts, ...options.timeouts };
  const serverOptions: ServerOptions = {
    ...timeouts,
    maxHeaderSize: maxHeaderBytes,
    // Others, such as an offer of HTTP/2, are answered as if they had not asked.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = tls
    ? createTlsServer({ ...serverOptions, ...tls, handshakeTimeout: tlsHandshakeMs })
    : createServer(serverOptions);
  server.timeout = timeouts.timeout;
  server.maxHeadersCount = maxHeaders;
  server.maxConnections = options.maxConnections;
  const files = await listStaticFiles(appFolder);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response, files, options).catch((error) => {
      log.error({ error }, 'HTTP request failed');
      if (response.headersSent) response.destroy();
      else say(request, response, 500);
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = pathOf(request) ?? '';
    const { onUpgrade, origins = [], upgrades = {} } = options;
    if (Object.hasOwn(upgrades, path)) upgrades[path]?.(request, socket, head);
    else if (path !== '/ws' || !onUpgrade) refuse(socket, 404);
    else if (!isOriginAllowed(request, origins)) refuse(socket, 403);
    else onUpgrade(request, socket, head);
  });
  const sockets = new Set<Socket>();
  if (tls) trackSockets(server, sockets);
  const address = await listenOn(server, options);
  server.on('error', (error) => log.error({ error }, 'HTTP listener failed'));
  return {
    address,
    close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = runtime.setTimer(() => {
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }, drainMs);
      server.close(() => {
        cancel();
        resolve();
      });
      return promise;
    },
  };
}

/** Sockets whose TLS handshake is not done are unknown to the HTTP server, but would keep it from closing. */
function trackSockets(server: Server, sockets: Set<Socket>): void {
  function onClose(this: Socket): void {
    sockets.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', onClose);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: StaticFiles,
  { isReady, answers = {} }: Pick<HttpDoorOptions, 'isReady' | 'answers'>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return say(request, response, 405);
  }
  const path = pathOf(request);
  if (path === '/healthz') return say(request, response, 200);
  if (path === '/readyz') return say(request, response, isReady() ? 200 : 503);
  if (path !== undefined && request.method === 'GET' && Object.hasOwn(answers, path)) {
    for (const [name, value] of Object.entries(securityHeaders(request))) response.setHeader(name, value ?? '');
    return answers[path]?.(request, response);
  }
  const file = path === undefined ? undefined : files.find(path);
  if (file === undefined) return say(request, response, 404);
  await give(request, response, file);
}

async function give(request: IncomingMessage, response: ServerResponse, file: StaticFile): Promise<void> {
  const { headers } = request;
  const { bytes, coding, etag } = await file.body(acceptedCoding(headers['accept-encoding']));
  const isSame = headers['if-none-match']
    ?.split(',')
    .some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  response.writeHead(isSame ? 304 : 200, {
    ...securityHeaders(request),
    ETag: etag,
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(file.isVaried ? { Vary: 'Accept-Encoding' } : {}),
    ...(isSame ? {} : { 'Content-Type': file.type, 'Content-Length': bytes.length }),
    ...(isSame || coding === 'identity' ? {} : { 'Content-Encoding': coding }),
  });
  // Node leaves the body out of what answers a HEAD.
  response.end(isSame ? undefined : bytes);
}

/** The decoded path, without the query; undefined when it is malformed. */
function pathOf({ url = '' }: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

/** A short answer in words. */
function say(request: IncomingMessage, response: ServerResponse, status: number): void {
  const text = `${status === 200 ? 'ok' : STATUS_CODES[status]}\n`;
  response.writeHead(status, {
    ...securityHeaders(request),
    'Cache-Control': 'no-store',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': text.length,
  });
  response.end(text);
}

function refuse(socket: Duplex, status: number): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
