import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { type Bare, linkConformance, nextFrame, type Pair, payload } from './conformance.ts';
import { frameMany } from './framing.ts';
import type { Encoding, Link } from './link.ts';
import type { LinkOptions } from './options.ts';
import { testCertificate } from './testing-certificate.ts';
import { attach, dial, listen, type WebSocketListenOptions } from './websocket.ts';
import { dial as dialBrowser } from './websocket-browser.ts';

const host = '127.0.0.1';

async function accepting(options: Omit<WebSocketListenOptions, 'port'> = {}) {
  const { promise: accepted, resolve } = Promise.withResolvers<Link>();
  const listener = await listen({ ...options, host, port: 0 }, resolve);
  const { port } = listener.address;
  return { accepted, listener, port, url: `ws://${host}:${port}/` };
}

type Dialling = (url: string, options: LinkOptions & { encoding: Encoding }) => () => Promise<Link>;

function pairs(dialling: Dialling, encoding: Encoding, tls?: { dial: object; listen: object }) {
  return async (dialOptions: LinkOptions = {}, listenOptions: LinkOptions = {}): Promise<Pair> => {
    const { accepted, listener, url } = await accepting({ ...listenOptions, ...(tls ? { tls: tls.listen } : {}) });
    const secure = tls ? { tls: tls.dial } : {};
    const dialled = await dialling(tls ? url.replace('ws:', 'wss:') : url, { ...dialOptions, ...secure, encoding })();
    return {
      dialled,
      accepted: await accepted,
      async close() {
        dialled.close('lost');
        await listener.close();
      },
    };
  };
}

const handshake = (port: number, lines: readonly string[] = ['Sec-WebSocket-Protocol: parley.v1.json']): string =>
  [
    'GET / HTTP/1.1',
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...lines,
    '',
    '',
  ].join('\r\n');

async function bare(options: LinkOptions = {}): Promise<Bare> {
  const { accepted, listener, port } = await accepting(options);
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write(handshake(port));
  return {
    link: await accepted,
    say: (bytes) => socket.write(bytes),
    halfClose: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
    async close() {
      socket.destroy();
      await listener.close();
    },
  };
}

/** A frame from client to server with a mask of zeros, which leaves the payload readable. */
function masked(firstByte: number, bytes: string | Uint8Array): Uint8Array {
  const body = Buffer.from(bytes);
  return Buffer.concat([Uint8Array.of(firstByte, 0x80 | body.length, 0, 0, 0, 0), body]);
}

const garbage = [
  { name: 'random bytes', bytes: Buffer.from('7f3a91c2'.repeat(50), 'hex'), reason: 'bad-frame' },
  { name: 'an unmasked frame', bytes: Uint8Array.of(0x81, 1, 97), reason: 'bad-frame' },
  { name: 'an unknown opcode', bytes: masked(0x83, 'a'), reason: 'bad-frame' },
  { name: 'reserved bits', bytes: masked(0xc1, 'a'), reason: 'bad-frame' },
  { name: 'text that is not UTF-8', bytes: masked(0x81, Uint8Array.of(0xc3, 0x28)), reason: 'bad-frame' },
  { name: 'a continuation of nothing', bytes: masked(0x80, 'a'), reason: 'bad-frame' },
  { name: 'a fragmented ping', bytes: masked(0x09, 'a'), reason: 'bad-frame' },
  { name: 'a binary frame where text was agreed', bytes: masked(0x82, 'a'), reason: 'bad-frame' },
  { name: 'a close code that may not be sent', bytes: masked(0x88, Uint8Array.of(3, 238)), reason: 'bad-frame' },
  { name: 'a header of 1 TiB', bytes: Uint8Array.of(0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0), reason: 'too-large' },
  {
    name: 'fragments that add up to too much',
    bytes: Buffer.concat([masked(0x01, payload(100)), ...Array.from({ length: 10 }, () => masked(0x00, payload(100)))]),
    reason: 'too-large',
  },
  { name: 'a close frame with an unknown code', bytes: masked(0x88, Uint8Array.of(19, 135)), reason: 'done' },
  { name: 'a close frame without a code', bytes: masked(0x88, ''), reason: 'done' },
] as const;

const tls = { listen: testCertificate, dial: { ca: testCertificate.cert, servername: 'localhost' } };
const browserCannot = {
  pause: 'a page cannot pause a WebSocket',
  heartbeat: 'a page cannot ping',
};

linkConformance('websocket json', { pair: pairs(dial, 'json'), bare, garbage });
linkConformance('websocket cbor', { pair: pairs(dial, 'cbor') });
linkConformance('websocket over tls', { pair: pairs(dial, 'cbor', tls) });
linkConformance('websocket browser json', { pair: pairs(dialBrowser, 'json'), cannot: browserCannot });
linkConformance('websocket browser cbor', { pair: pairs(dialBrowser, 'cbor'), cannot: browserCannot });
