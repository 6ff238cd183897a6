/** All that was said in a real channel, its authors spread over three servers, as fast as it goes while links fail. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dial } from '@parley/link/websocket';
import { decodeCbor, Refusal } from '@parley/protocol';
import { identityIn } from '@parley/server';
import { Connection } from './connection.ts';
import { prepareServer, type ServerProcess } from './server.ts';
import { Wire } from './wire.ts';

const folder = fileURLToPath(new URL('../../shared/data/irc/', import.meta.url));
const skip = existsSync(folder) ? false : 'the IRC corpus (../shared/data/irc beside the repository) is absent';
/** Authors who share a connection: fifteen thousand accounts would take longer than all they say. */
const accountsEach = 8;
const connectionsEach = 12;
const password = 'correct horse battery';
const [cutMs, mendedMs] = [400, 1_600];
const pollMs = 200;

/** What each author says, in order; the author stands before it, as a bridge to another network does. */
function readTalk(): Map<string, string[]> {
  const talk = new Map<string, string[]>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.raw.txt')) continue;
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const [, author, text] = /^\[\d\d:\d\d\] <([^>]+)> (.+)$/.exec(line) ?? [];
      if (author === undefined || text === undefined) continue;
      const said = `<${author}> ${text.slice(0, 2_000)}`;
      const before = talk.get(author);
      if (before) before.push(said);
      else talk.set(author, [said]);
    }
  }
  return talk;
}

interface World {
  readonly servers: readonly { readonly process: ServerProcess; readonly data: string }[];
  readonly wires: readonly Wire[];
}

/** Each server is reached over a wire alone, and dials all before it. */
async function build(t: TestContext, root: string): Promise<World> {
  const servers: World['servers'][number][] = [];
  const wires: Wire[] = [];
  for (const number of [1, 2, 3]) {
    const data = join(root, `s${number}`);
    const wire = await Wire.open();
    t.after(() => wire[Symbol.asyncDispose]());
    const prepared = await prepareServer({ rateFactor: 100_000 });
    const peers = wires.map(({ url }) => url);
    const process = await prepared.start(data, { peers, publicUrl: wire.url });
    t.after(() => process.stop());
    wire.lead(Number(new URL(process.url).port));
    servers.push({ process, data });
    wires.push(wire);
  }
  return { servers, wires };
}

async function open({ url }: ServerProcess): Promise<Connection> {
  return Connection.open(dial(`${url.replace('http', 'ws')}/ws`, { encoding: 'cbor' }));
}

/** Somebody new, who comes into a room that the server of that id keeps and then only speaks, over many connections. */
async function speaker(process: ServerProcess, name: string, room: string, server?: string): Promise<Connection[]> {
  const comer = await open(process);
  const { token } = await comer.request('account.register', { name, password, device: 'e2e' });
  for (;;) {
    const { rooms } = await comer.request('sync.start', { rooms: {} });
    if (rooms.some((one) => one.room.id === room)) break;
    try {
      await comer.request('room.join', { room, clientId: 'join', ...(server ? { server } : {}) });
    } catch (error) {
      if (!(error instanceof Refusal && (error.code === 'unavailable' || error.code === 'already-a-member')))
        throw error;
      await sleep(pollMs);
    }
  }
  comer.link.close('done');
  const connections: Connection[] = [];
  for (let i = 0; i < connectionsEach; i++) {
    const connection = await open(process);
    await connection.request('session.resume', { token });
    connections.push(connection);
  }
  return connections;
}

/** Until it is accepted: a server keeps only so much for the one that orders the room. */
async function say(connection: Connection, room: string, clientId: string, text: string): Promise<void> {
  for (;;) {
    try {
      await connection.request('message.send', { room, clientId, body: { text } });
      return;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'too-many')) throw error;
      await sleep(pollMs);
    }
  }
}

/** Of one room, from the first entry on that the server holds: the bytes of each entry, and what is said in it. */
function readLog(data: string, room: string): { headers: Map<number, string>; said: string[] } {
  const database = new DatabaseSync(join(data, 'parley.sqlite'), { readOnly: true });
  const rows = database
    .prepare(
      `SELECT entry.seq, entry.kind, entry.header, part.bytes FROM room JOIN entry ON entry.room = room.n
       LEFT JOIN part ON part.room = entry.room AND part.seq = entry.seq WHERE room.id = ? ORDER BY entry.seq`,
    )
    .all(room) as { seq: number; kind: string; header: Uint8Array; bytes: Uint8Array | null }[];
  database.close();
  const headers = new Map<number, string>();
  const said: string[] = [];
  for (const { seq, kind, header, bytes } of rows) {
    headers.set(seq, Buffer.from(header).toString('latin1'));
    if (kind === 'message') said.push((decodeCbor(bytes!, 8) as { text: string }).text);
  }
  return { headers, said };
}

/** Cuts one or two wires at a time until told to end. */
async function fail(wires: readonly Wire[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const cut = turn % 2 === 0 ? [wires[turn % 3]!] : [wires[turn % 3]!, wires[(turn + 1) % 3]!];
    for (const wire of cut) wire.cut();
    await sleep(cutMs);
    for (const wire of cut) wire.mend();
    await sleep(mendedMs);
  }
}

/** The newest entry that a server has told of. */
async function newest(connection: Connection, room: string): Promise<number> {
  const { to } = await connection.request('history.page', { room, limit: 1, show: 'everything' });
  return to;
}

test('the real talk of three servers is one log on all of them, each author in order, while links fail', {
  skip,
}, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'parley-replay-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const talk = readTalk();
  const { servers, wires } = await build(t, root);
  const ada = await open(servers[0]!.process);
  await ada.request('account.register', { name: 'ada', password, device: 'e2e' });
  const { sync } = await ada.request('room.create', { alias: 'ubuntu', clientId: 'create' });
  const room = sync.room.id;
  const clerk = identityIn(servers[0]!.data);
  const accounts = await Promise.all(
    Array.from({ length: accountsEach * 3 }, (_, i) =>
      speaker(servers[i % 3]!.process, `speaker-${i}`, room, i % 3 === 0 ? undefined : clerk),
    ),
  );
  // The first three are of three servers.
  const speakers = Array.from({ length: connectionsEach }, (_, n) => accounts.map((account) => account[n]!)).flat();
  const lines = speakers.map((): string[] => []);
  let turn = 0;
  for (const said of talk.values()) lines[turn++ % lines.length]!.push(...said);

  const over = new AbortController();
  const failing = fail(wires, over.signal);
  const startedMs = performance.now();
  await Promise.all(
    speakers.map(async (connection, i) => {
      for (const [n, text] of lines[i]!.entries()) await say(connection, room, `line-${i}-${n}`, text);
    }),
  );
  t.diagnostic(`accepted after ${Math.round(performance.now() - startedMs)} ms`);
  over.abort();
  await failing;
  const watchers = speakers.slice(0, 3);
  const count = lines.flat().length;
  for (;;) {
    const heads = await Promise.all(watchers.map((connection) => newest(connection, room)));
    if (heads[0]! > count && heads.every((head) => head === heads[0])) break;
    await sleep(pollMs);
  }
  t.diagnostic(`on all servers after ${Math.round(performance.now() - startedMs)} ms`);
  for (const { process } of servers) await process.stop();

  const [first, ...others] = servers.map(({ data }) => readLog(data, room));
  assert.equal(first!.said.length, count);
  for (const { headers } of others) {
    assert.ok(headers.size > count);
    for (const [seq, header] of headers) assert.ok(header === first!.headers.get(seq), `entry ${seq} differs`);
  }
  for (const { said } of [first!, ...others]) {
    const heard = new Map<string, string[]>();
    for (const text of said) {
      const author = text.slice(1, text.indexOf('> '));
      const before = heard.get(author);
      if (before) before.push(text);
      else heard.set(author, [text]);
    }
    assert.equal(heard.size, talk.size);
    for (const [author, texts] of talk) assert.deepEqual(heard.get(author), texts);
  }
  assert.ok(wires[0]!.passed > servers.length, 'links that failed came back');
});
