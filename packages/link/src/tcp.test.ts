import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { type Bare, linkConformance, nextFrame, type Pair, payload } from './conformance.ts';
import { frameMany } from './framing.ts';
import { type Link, LinkClosed } from './link.ts';
import type { LinkOptions } from './options.ts';
import { dial, listen } from './tcp.ts';
import { testCertificate } from './testing-certificate.ts';

const host = '127.0.0.1';

async function accepting(options: LinkOptions & { tls?: object }) {
  const { promise: accepted, resolve } = Promise.withResolvers<Link>();
  const listener = await listen({ ...options, host, port: 0 }, resolve);
  return { accepted, listener, port: listener.address.port };
}

async function pair(
  dialOptions: LinkOptions = {},
  listenOptions: LinkOptions = {},
  tls?: { dial: object; listen: object },
): Promise<Pair> {
  const { accepted, listener, port } = await accepting({ ...listenOptions, ...(tls ? { tls: tls.listen } : {}) });
  const dialled = await dial({ ...dialOptions, host, port, ...(tls ? { tls: tls.dial } : {}) })();
  return {
    dialled,
    accepted: await accepted,
    async close() {
      dialled.close('lost');
      await listener.close();
    },
  };
}

async function bare(options: LinkOptions = {}): Promise<Bare> {
  const { accepted, listener, port } = await accepting(options);
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.on('error', () => {});
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

const garbage = [
  { name: 'a word nobody knows', bytes: Uint8Array.of(0xff, 0xff, 0, 9), reason: 'bad-frame' },
  { name: 'a close code out of range', bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xff), reason: 'bad-frame' },
  { name: 'a header of 4 GiB', bytes: Uint8Array.of(0xff, 0xfe, 0, 0), reason: 'too-large' },
  { name: 'an HTTP request', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), reason: 'too-large' },
] as const;

linkConformance('tcp', { pair, bare, garbage });

const tls = { listen: testCertificate, dial: { ca: testCertificate.cert, servername: 'localhost' } };
linkConformance('tls', { pair: (dialled, accepted) => pair(dialled, accepted, tls) });

test('tells what it knows about the peer', async () => {
  const plain = await pair();
  assert.deepEqual(plain.accepted.peer, { address: host, transport: 'tcp', secure: false });
  await plain.close();
  const secure = await pair({}, {}, tls);
  assert.deepEqual(secure.dialled.peer, { address: host, transport: 'tcp', secure: true });
  await secure.close();
});

test('reads frames that arrive byte by byte', async () => {
  const { link, say, close } = await bare();
  const frames = [payload(0), payload(3, 1), payload(300, 2)];
  for (const byte of frameMany('length-prefixed', frames)) say(Uint8Array.of(byte));
  for (const frame of frames) assert.deepEqual(Buffer.from(await nextFrame(link)), Buffer.from(frame));
  await close();
});

test('answers a ping, once for many in one piece', async () => {
  const { accepted, listener, port } = await accepting({});
  const socket = connect({ host, port });
  await accepted;
  socket.write(Buffer.from('ffff0000ffff0000ffff0000', 'hex'));
  const answer: Buffer = await new Promise((resolve) => socket.once('data', resolve));
  assert.equal(answer.toString('hex'), 'ffff0001');
  socket.destroy();
  await listener.close();
});

test('fails to dial where nobody listens, as lost', async () => {
  const server = createServer().listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(dial({ host, port })(), (error) => error instanceof LinkClosed && error.reason === 'lost');
});

test('fails to dial a certificate that is not trusted, as lost', async () => {
  const { listener, port } = await accepting({ tls: testCertificate });
  await assert.rejects(dial({ host, port, tls: { servername: 'localhost' } })(), LinkClosed);
  await listener.close();
});

test('fails to dial with the reason of the signal', async () => {
  const { listener, port } = await accepting({});
  const reason = new Error('changed my mind');
  await assert.rejects(dial({ host, port })(AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const dialling = dial({ host, port })(controller.signal);
  controller.abort(reason);
  await assert.rejects(dialling, reason);
  await listener.close();
});

test('closes a listener while a TLS handshake hangs', async () => {
  const { listener, port } = await accepting({ tls: testCertificate });
  const socket = connect({ host, port });
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  await new Promise((resolve) => setImmediate(resolve));
  await listener.close();
  socket.destroy();
  await closed;
});

test('drops links past its bound', async () => {
  const accepted: Link[] = [];
  const listener = await listen({ host, port: 0, maxLinks: 1 }, (link) => accepted.push(link));
  const { port } = listener.address;
  const first = await dial({ host, port })();
  await first.send(payload(1));
  const second = await dial({ host, port })();
  assert.equal(await second.closed, 'lost');
  assert.equal(accepted.length, 1);
  await listener.close();
});
