import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient, memoryStore } from '@parley/client';
import { dialUrl, nodeRuntime } from '@parley/client/node';
import type { Dial, Encoding } from '@parley/link';
import { isErrorCode, limits, requestTypes, type ServerFrame } from '@parley/protocol';
import { type Attack, attacks, badPayloads, brokenHttp, brokenTcp, brokenWebSocket, handshake } from './attack.ts';
import { Connection } from './connection.ts';
import { prepareServer, type ServerProcess } from './server.ts';

const password = 'correct horse battery';

interface Door {
  name: string;
  encoding: Encoding;
  dial: Dial;
}

/** Frames of up to two MiB leave here, so that the server has to refuse them. */
const maxFrameBytes = 2 ** 21;

const doors = ({ url, tcpPort }: ServerProcess): Door[] => [
  { name: 'WebSocket, JSON', encoding: 'json', dial: dialUrl(url, { encoding: 'json', maxFrameBytes }) },
  { name: 'WebSocket, CBOR', encoding: 'cbor', dial: dialUrl(url, { encoding: 'cbor', maxFrameBytes }) },
  { name: 'TCP', encoding: 'cbor', dial: dialUrl(`tcp://127.0.0.1:${tcpPort}`, { maxFrameBytes }) },
];

async function guest({ dial }: Door): Promise<Connection> {
  const connection = await Connection.open(dial);
  await connection.request('account.guest', { device: 'attacker' });
  return connection;
}

/** Two people who talk on while others attack; what one says, the other hears once and in order. */
class Honest {
  readonly #clients: Client[] = [];
  readonly #stop = new AbortController();
  readonly #heard: string[] = [];
  #said = 0;
  #talk: Promise<void> = Promise.resolve();

  async begin(url: string): Promise<void> {
    const [ada, bob] = await Promise.all(['ada', 'bob'].map((name) => this.#signUp(url, name)));
    const room = await ada!.create({ alias: 'honest' });
    const messages = (await bob!.join('#honest')).messages({ signal: this.#stop.signal });
    const hear = async () => {
      for await (const { body } of messages) this.#heard.push(body?.text ?? '');
    };
    const say = async () => {
      while (!this.#stop.signal.aborted) {
        await room.send(String(this.#said));
        this.#said++;
        await sleep(3);
      }
    };
    void hear();
    this.#talk = say();
  }

  async #signUp(url: string, name: string): Promise<Client> {
    const client = createClient({
      dial: dialUrl(url),
      store: memoryStore(),
      runtime: nodeRuntime,
      name: 'e2e/1',
      device: 'test',
    });
    this.#clients.push(client);
    await client.register({ name, password });
    return client;
  }

  /** Says one thing more and waits until it is heard: the server serves. */
  async end(): Promise<void> {
    const from = this.#said;
    while (this.#heard.length <= from) await sleep(1);
    this.#stop.abort();
    await this.#talk;
    assert.deepEqual(
      this.#heard,
      Array.from(this.#heard, (_, i) => String(i)),
    );
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/** What came back before the answer to a ping, or before the server closed. */
async function answersTo(
  connection: Connection,
  bytes: Uint8Array,
): Promise<{ frames: ServerFrame[]; closed: boolean }> {
  const frames: ServerFrame[] = [];
  try {
    await connection.link.send(bytes);
    const ping = await connection.send('session.ping', {});
    for (let frame = await connection.next(); frame; frame = await connection.next()) {
      if ('id' in frame && frame.id === ping) return { frames, closed: false };
      if (!('event' in frame)) frames.push(frame);
    }
  } catch (error) {
    assert.equal((error as Error).name, 'LinkClosed');
  }
  return { frames, closed: true };
}

async function attackWith(connection: Connection, { name, bytes, answer }: Attack): Promise<void> {
  const { frames, closed } = await answersTo(connection, bytes);
  connection.link.close('done');
  if (answer === 'close') assert.ok(closed, `${name}: the server closes`);
  else
    assert.deepEqual(
      frames.map((frame) => 'error' in frame && frame.error.code),
      [answer],
      name,
    );
}

async function untypedPayloads(door: Door): Promise<void> {
  for (const name of requestTypes.keys()) {
    const connection = await guest(door);
    const ids = new Set<number>();
    for (const payload of badPayloads) ids.add(await connection.send(name, payload));
    while (ids.size > 0) {
      const frame = await connection.next();
      if (!frame) break;
      if ('event' in frame) continue;
      ids.delete(frame.id);
      if ('error' in frame) assert.ok(isErrorCode(frame.error.code) && frame.error.code !== 'internal', name);
    }
    connection.link.close('done');
  }
}

async function tooLarge(door: Door): Promise<void> {
  const early = await Connection.open(door.dial);
  assert.equal((await answersTo(early, new Uint8Array(limits.frameBytesBeforeSignIn + 1).fill(32))).closed, true);
  const later = await guest(door);
  assert.equal((await answersTo(later, new Uint8Array(limits.frameBytes + 1).fill(32))).closed, true);
}

async function flood(door: Door, requests: number): Promise<void> {
  const connection = await guest(door);
  const sent = Promise.all(
    Array.from({ length: requests }, (_, i) => connection.send(i % 2 ? 'session.ping' : 'no.such', {})),
  );
  const answered = new Set<number>();
  while (answered.size < requests) {
    const frame = await connection.next();
    assert.ok(frame, `${answered.size} answers of ${requests}`);
    if ('event' in frame) continue;
    assert.ok(!('error' in frame) || isErrorCode(frame.error.code));
    answered.add(frame.id);
  }
  await sent;
  connection.link.close('done');
}

/** Of 16 KiB: far more than the systems on both ends keep for a reader. */
const messages = 1_500;

/** Asks for much and reads nothing; then reads what there is, until the server's goodbye. */
async function neverReads(door: Door, url: string): Promise<void> {
  const name = `loud-${door.name.replace(/\W/g, '').toLowerCase()}`;
  const speaker = await Connection.open(dialUrl(url));
  await speaker.request('account.register', { name, password, device: 'loud' });
  const { sync } = await speaker.request('room.create', { alias: name, clientId: 'create' });
  const room = sync.room.id;
  const deaf = await guest(door);
  await deaf.send('room.join', { room, clientId: 'join' });
  const asked = { room, limit: 100, show: 'everything' };
  for (let i = 0; i < 200; i++) void deaf.send('history.page', asked).catch(() => undefined);
  const body = { text: 'x'.repeat(limits.messageText) };
  for (let sent = 0; sent < messages; ) {
    const ids = new Set<number>();
    for (let i = 0; i < 20; i++, sent++)
      ids.add(await speaker.send('message.send', { room, clientId: `m${sent}`, body }));
    while (ids.size > 0) {
      const frame = await speaker.next();
      assert.ok(frame && !('error' in frame));
      if ('id' in frame) ids.delete(frame.id);
    }
  }
  for await (const _ of deaf.link.frames());
  const reason = await deaf.link.closed;
  assert.ok(reason === 'too-slow' || reason === 'lost', reason);
  speaker.link.close('done');
}

/** Writes and waits until the server has closed the connection. */
async function closes(port: number, first: Uint8Array | string, second?: Uint8Array): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  // A reset is a way to close.
  const closed = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  socket.write(first);
  if (second) {
    await once(socket, 'data');
    socket.write(second);
  }
  socket.on('data', () => socket.end());
  await closed;
}

test('a server under attack answers with typed errors or closes, and goes on for everybody else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-hostile-'));
  const prepared = await prepareServer({ rateFactor: 10_000 });
  const honest = new Honest();
  try {
    const server = await prepared.start(folder);
    await honest.begin(server.url);
    for (const door of doors(server)) {
      for (const attack of attacks[door.encoding]) {
        await t.test(`${door.name}: ${attack.name}, before and after signing in`, async () => {
          await attackWith(await Connection.open(door.dial), attack);
          await attackWith(await guest(door), attack);
        });
      }
      await t.test(`${door.name}: payloads of no form, for every request`, () => untypedPayloads(door));
      await t.test(`${door.name}: frames above the limit`, () => tooLarge(door));
      await t.test(`${door.name}: ten thousand requests at once`, () => flood(door, 10_000));
      await t.test(`${door.name}: a client that does not read`, () => neverReads(door, server.url));
    }
    const port = Number(new URL(server.url).port);
    for (const [name, bytes] of brokenHttp) await t.test(`HTTP: ${name}`, () => closes(port, bytes));
    for (const [name, bytes] of brokenTcp) await t.test(`TCP: ${name}`, () => closes(server.tcpPort, bytes));
    for (const [name, bytes] of brokenWebSocket)
      await t.test(`WebSocket: ${name}`, () => closes(port, handshake, bytes));
    await honest.end();
  } finally {
    await prepared.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
