/** Servers that let their people in by WebSockets alone, by raw TCP alone and by both are one network. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialUrl } from '@parley/client/node';
import { Refusal } from '@parley/protocol';
import { type ConfigFlags, identityIn, type RunningServer, startServer } from '@parley/server';
import { Connection } from './connection.ts';

const pollMs = 100;
const password = 'correct horse battery';

interface Station {
  readonly server: RunningServer;
  readonly id: string;
}

async function start(t: TestContext, root: string, name: string, flags: ConfigFlags): Promise<Station> {
  const data = join(root, name);
  const env = { PARLEY_LOG_LEVEL: 'error', PARLEY_DNS_RESOLVER: 'none', PARLEY_LIMITS_RATE_FACTOR: '100' };
  const server = await startServer({ flags: { ...flags, data }, env });
  t.after(() => server.close());
  return { server, id: identityIn(data)! };
}

async function person(url: string, name: string): Promise<Connection> {
  const connection = await Connection.open(dialUrl(url));
  await connection.request('account.register', { name, password, device: 'e2e' });
  await connection.request('sync.start', { rooms: {} });
  return connection;
}

/** As soon as the server that keeps the room can be asked. */
async function enter(connection: Connection, room: string, server: string): Promise<void> {
  for (;;) {
    const { rooms } = await connection.request('sync.start', { rooms: {} });
    if (rooms.some((one) => one.room.id === room)) return;
    try {
      await connection.request('room.join', { room, clientId: 'join', server });
    } catch (error) {
      if (!(error instanceof Refusal && (error.code === 'unavailable' || error.code === 'already-a-member')))
        throw error;
      await sleep(pollMs);
    }
  }
}

/** What is said in a room, as soon as so much is there. */
async function heard(connection: Connection, room: string, count: number): Promise<string[]> {
  for (;;) {
    const { entries } = await connection.request('history.page', { room, limit: 100, show: 'rows' });
    const said = entries.flatMap(({ kind, body }) => (kind === 'message' ? [(body as { text: string }).text] : []));
    if (said.length >= count) return said;
    await sleep(pollMs);
  }
}

/** What a server that is no HTTP server says to a browser. */
async function answerToHttp(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'));
  let answer = '';
  socket.setEncoding('latin1').on('error', () => {});
  for await (const chunk of socket) answer += chunk;
  return answer;
}

test('servers that open WebSockets alone, TCP alone and both share their rooms', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'parley-modes-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const web = await start(t, root, 'web', { port: '0', doors: 'websocket' });
  const peer = [web.server.url];
  const tcp = await start(t, root, 'tcp', { doors: 'tcp', 'tcp-port': '0', peer });
  const both = await start(t, root, 'both', { port: '0', 'tcp-port': '0', doors: 'all', peer });
  assert.equal(web.server.tcpPort, undefined);
  assert.equal(tcp.server.url, `tcp://127.0.0.1:${tcp.server.tcpPort}`);
  assert.doesNotMatch(await answerToHttp(tcp.server.tcpPort!), /HTTP/);
  assert.equal((await fetch(`${both.server.url}/healthz`)).status, 200);

  const people = [
    { at: web, connection: await person(web.server.url, 'ada') },
    { at: tcp, connection: await person(tcp.server.url, 'ben') },
    { at: both, connection: await person(both.server.url, 'cleo') },
    { at: both, connection: await person(`tcp://127.0.0.1:${both.server.tcpPort}`, 'dan') },
  ];
  for (const [i, { at, connection }] of people.entries()) {
    const { sync } = await connection.request('room.create', { alias: `room-${i}`, clientId: 'create' });
    const room = sync.room.id;
    await Promise.all(people.map((other) => other === people[i] || enter(other.connection, room, at.id)));
    for (const [n, other] of people.entries())
      await other.connection.request('message.send', { room, clientId: `say-${i}`, body: { text: `I am ${n}` } });
    const all = await Promise.all(people.map((other) => heard(other.connection, room, people.length)));
    for (const said of all) assert.deepEqual(said, all[0]);
    assert.deepEqual(all[0]!.toSorted(), ['I am 0', 'I am 1', 'I am 2', 'I am 3']);
  }
});
