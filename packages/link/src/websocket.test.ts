import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { type Bare, linkConformance, nextFrame, type Pair, payload } from './conformance.ts';
import { frameMany } from './framing.ts';
import { type Encoding, type Link, LinkClosed } from './link.ts';
import { ManualTimers } from './manual-timers.ts';
import type { LinkOptions } from './options.ts';
import { testCertificate } from './testing-certificate.ts';
import { attach, dial, listen, type WebSocketListenOptions } from './websocket.ts';
import { dial as dialBrowser } from './websocket-browser.ts';

const host = '127.0.0.1';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
  socket.on('error', () => {}).on('end', () => socket.end());
  socket.write(handshake(port));
  return {
    link: await accepted,
    // Reads from here on, and so sees and answers the other side's end.
    say: (bytes) => socket.resume().write(bytes),
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

const closedAs = (reason: string) => (error: unknown) => error instanceof LinkClosed && error.reason === reason;

/** The first bytes that a server answers to a handshake with these header lines. */
async function answer(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect({ host, port });
  socket.write(handshake(port, lines));
  const bytes: Buffer = await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  return bytes.toString('latin1');
}

test('writes shared bytes as they are, unmasked and in one piece', async () => {
  const { accepted, listener, port } = await accepting();
  const socket = connect({ host, port });
  socket.write(handshake(port));
  const link = await accepted;
  const framed = frameMany(link.framing, [payload(5), payload(200)]);
  link.write(framed);
  const seen: Buffer[] = [];
  for await (const chunk of socket) {
    seen.push(chunk);
    if (Buffer.concat(seen).toString('latin1').endsWith(Buffer.from(framed).toString('latin1'))) break;
  }
  assert.equal(link.framing, 'websocket-text');
  socket.destroy();
  await listener.close();
});

test('takes the first subprotocol it speaks and refuses a client that offers none', async () => {
  const { listener, port } = await accepting();
  const offering = (names: string) => answer(port, [`Sec-WebSocket-Protocol: ${names}`]);
  assert.match(await offering('soup, parley.v1.cbor, parley.v1.json'), /Sec-WebSocket-Protocol: parley\.v1\.cbor\r\n/);
  assert.match(await offering('soup'), /^HTTP\/1\.1 400 /);
  assert.match(await answer(port, []), /^HTTP\/1\.1 400 /);
  await listener.close();
});

test('never compresses', async () => {
  const { listener, port } = await accepting();
  const lines = ['Sec-WebSocket-Protocol: parley.v1.json', 'Sec-WebSocket-Extensions: permessage-deflate'];
  assert.doesNotMatch(await answer(port, lines), /permessage-deflate/);
  await listener.close();
});

test('answers a plain request with 426', async () => {
  const { listener, port } = await accepting();
  assert.equal((await fetch(`http://${host}:${port}/`)).status, 426);
  await listener.close();
});

test('asks whether an origin may connect', async () => {
  const asked: (string | undefined)[] = [];
  const { listener, url } = await accepting({
    mayConnect: (origin) => {
      asked.push(origin);
      return origin !== 'https://evil.example';
    },
  });
  const evil = dial(url, { encoding: 'json', headers: { origin: 'https://evil.example' } });
  await assert.rejects(evil(), closedAs('refused'));
  const link = await dial(url, { encoding: 'json' })();
  assert.deepEqual(asked, ['https://evil.example', undefined]);
  link.close('done');
  await listener.close();
});

test('refuses links past its bound as busy', async () => {
  const { listener, url } = await accepting({ maxLinks: 1 });
  const first = await dial(url, { encoding: 'json' })();
  await assert.rejects(dial(url, { encoding: 'json' })(), closedAs('busy'));
  first.close('done');
  await listener.close();
});

test('believes the proxies it trusts about address and TLS', async () => {
  const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9', 'x-forwarded-proto': 'https' };
  const peerSeen = async (isTrustedProxy?: (address: string) => boolean) => {
    const { accepted, listener, url } = await accepting({ isTrustedProxy });
    await dial(url, { encoding: 'cbor', headers })();
    const { peer } = await accepted;
    await listener.close();
    return peer;
  };
  assert.deepEqual(await peerSeen(), { address: host, transport: 'websocket', secure: false });
  assert.deepEqual(await peerSeen((address) => address === host), {
    address: '203.0.113.9',
    transport: 'websocket',
    secure: true,
  });
});

test('attaches to a server that somebody else runs', async () => {
  const { promise: accepted, resolve } = Promise.withResolvers<Link>();
  const attached = attach({}, resolve);
  const server = createServer().on('upgrade', attached.upgrade).listen(0, host);
  await new Promise((listening) => server.once('listening', listening));
  const url = `ws://${host}:${(server.address() as AddressInfo).port}/link`;
  const link = await dial(url, { encoding: 'cbor' })();
  await link.send(payload(4));
  assert.deepEqual(Buffer.from(await nextFrame(await accepted)), Buffer.from(payload(4)));
  assert.equal(attached.size, 1);
  await attached.close();
  assert.equal(await link.closed, 'going-away');
  assert.equal(attached.size, 0);
  await assert.rejects(dial(url, { encoding: 'cbor' })(), closedAs('busy'));
  await new Promise((closed) => server.close(closed));
});

for (const [name, dialling] of [
  ['node', dial],
  ['browser', dialBrowser],
] as const) {
  test(`fails to dial where nobody listens as lost, in ${name}`, async () => {
    const { listener, url } = await accepting();
    await listener.close();
    await assert.rejects(dialling(url, { encoding: 'json' })(), closedAs('lost'));
  });

  test(`fails to dial with the reason of the signal, in ${name}`, async () => {
    const { listener, url } = await accepting();
    const reason = new Error('changed my mind');
    const dialled = dialling(url, { encoding: 'json' });
    await assert.rejects(dialled(AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const opening = dialled(controller.signal);
    controller.abort(reason);
    await assert.rejects(opening, reason);
    await listener.close();
  });

  test(`gives up a handshake that hangs, in ${name}`, async () => {
    const server = createTcpServer().listen(0, host);
    await new Promise((listening) => server.once('listening', listening));
    const timers = new ManualTimers();
    const url = `ws://${host}:${(server.address() as AddressInfo).port}/`;
    const opening = dialling(url, { encoding: 'json', timers })();
    const [socket] = await once(server, 'connection');
    timers.advance(60_000);
    await assert.rejects(opening, closedAs('lost'));
    socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
}

test('bounds what a page has not read by closing as too slow', async () => {
  const { accepted, listener, url } = await accepting();
  const link = await dialBrowser(url, { encoding: 'cbor' })();
  const server = await accepted;
  const frame = payload(1024 * 1024);
  const sending = (async () => {
    for (;;) await server.send(frame);
  })();
  await assert.rejects(sending, closedAs('too-slow'));
  assert.equal(await link.closed, 'too-slow');
  await listener.close();
});

test('makes a page wait while its buffer is full', async () => {
  const { accepted, listener, url } = await accepting();
  const timers = new ManualTimers();
  const link = await dialBrowser(url, { encoding: 'cbor', timers })();
  const server = await accepted;
  let sent = 0;
  const sending = (async () => {
    for (; sent < 16; sent += 1) await link.send(payload(1024 * 1024));
  })();
  for (let seen = 0; seen < 16; ) {
    const taken = server.frames().next();
    while (!(await Promise.race([taken.then(() => true), turn().then(() => false)]))) timers.advance(20);
    seen += 1;
  }
  for (let done = false; !done; timers.advance(20)) {
    done = await Promise.race([sending.then(() => true), turn().then(() => false)]);
  }
  assert.equal(sent, 16);
  link.close('done');
  await listener.close();
  assert.equal(timers.size, 0);
});
