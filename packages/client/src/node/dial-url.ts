/** From the address of a server to a link, whatever transport it names. */
import { readFileSync } from 'node:fs';
import type { Dial, Encoding } from '@parley/link';
import { dial as dialTcp } from '@parley/link/tcp';
import { dial as dialWebSocket } from '@parley/link/websocket';

export interface DialUrlOptions {
  /** On WebSockets; TCP speaks CBOR. Default `json`. */
  encoding?: Encoding;
  /** Certificates of authorities in PEM, beside which no other counts. */
  caFile?: string;
  /** Largest frame in either direction. */
  maxFrameBytes?: number;
}

/**
 * How to reach a server: `http(s)://` and `ws(s)://` over a WebSocket at the path `/ws` below the address (a `ws(s)`
 * address with a path is taken as it is), `tcp://HOST:PORT` and `tcps://HOST:PORT` over framed TCP. Throws a
 * TypeError for any other address, and what reading `caFile` throws.
 */
export function dialUrl(url: string, options: DialUrlOptions = {}): Dial {
  const parsed = new URL(url);
  const { protocol } = parsed;
  const tls = options.caFile === undefined ? {} : { ca: readFileSync(options.caFile) };
  const bounds = options.maxFrameBytes === undefined ? {} : { maxFrameBytes: options.maxFrameBytes };
  if (protocol === 'tcp:' || protocol === 'tcps:') {
    const host = parsed.hostname.replace(/^\[|\]$/g, '');
    if (parsed.port === '') throw new TypeError(`${protocol} needs a port`);
    return dialTcp({ host, port: Number(parsed.port), ...(protocol === 'tcps:' && { tls }), ...bounds });
  }
  const encoding = options.encoding ?? 'json';
  return dialWebSocket(webSocketAddress(parsed), { encoding, tls, ...bounds });
}

/** The WebSocket address for an `http(s)` or `ws(s)` one. */
export function webSocketAddress(url: URL): string {
  const schemes: Record<string, string> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' };
  const scheme = schemes[url.protocol];
  if (scheme === undefined) throw new TypeError(`no transport for ${url.protocol}`);
  const path = url.pathname.replace(/\/+$/, '');
  const full = url.protocol.startsWith('ws') && path !== '' ? url.pathname : `${path}/ws`;
  return `${scheme}//${url.host}${full}${url.search}`;
}
