import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, type Payload } from '@parley/protocol';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { openSqliteInMemory } from './store/sqlite.ts';
import { type TestClient, type TestServer, testServer } from './testing.ts';

type Line = Payload<'archive.write'>['lines'][number];
type Checkpoint = NonNullable<Payload<'archive.write'>['checkpoint']>;
interface Log {
  room: string;
  lines: Line[];
  checkpoint: Checkpoint;
}

/** A room with people, edits, redactions, a ban, a timed mute, an invitation; exported by its owner. */
async function story(server: TestServer, ada: TestClient): Promise<Log> {
  const bob = await server.account('bob');
  const eve = await server.account('eve');
  const { sync } = await ada.request('room.create', { alias: 'ops', clientId: 'c', title: 'Operations', topic: 'x' });
  const room = sync.room.id;
  await bob.request('room.join', { room, clientId: 'j' });
  await eve.request('room.join', { room, clientId: 'j' });
  const say = (who: TestClient, id: string, text: string) =>
    who.request('message.send', { room, clientId: id, body: { text } });
  await say(bob, 'm1', 'hello');
  await say(bob, 'm2', 'a secret');
  await say(eve, 'm3', 'rude');
  await bob.request('message.edit', {
    room,
    clientId: 'e1',
    target: { user: bob.user, clientId: 'm1' },
    body: { text: 'hello all' },
  });
  await bob.request('message.redact', { room, clientId: 'd1', target: { user: bob.user, clientId: 'm2' } });
  await ada.request('member.ban', { room, user: eve.user, clientId: 'b1', reason: 'rude' });
  await ada.request('member.mute', { room, user: bob.user, clientId: 'u1', durationMs: 60_000 });
  await ada.request('room.settings', { room, clientId: 's1', topic: 'ferries', history: 'since-join' });
  await say(ada, 'm4', 'late');
  return exported(ada, room);
}

async function exported(who: TestClient, room: string, limit = 5): Promise<Log> {
  const lines: Line[] = [];
  for (;;) {
    const page = await who.request('archive.read', { room, after: lines.length, limit });
    lines.push(...(page.lines as Line[]));
    if (!page.more) return { room, lines, checkpoint: page.checkpoint as Checkpoint };
  }
}

async function upload(who: TestClient, { room, lines, checkpoint }: Log, size = 3) {
  let reply = await who.request('archive.write', { room, lines: [] });
  while (reply.seq < lines.length) {
    const next = lines.slice(reply.seq, reply.seq + size);
    const isLast = reply.seq + next.length === lines.length;
    reply = await who.request('archive.write', { room, lines: next, ...(isLast ? { checkpoint } : {}) });
  }
  return reply;
}

const textsOf = async (who: TestClient, room: string) =>
  (await who.request('history.page', { room, limit: 100, show: 'rows' })).entries.map(
    ({ kind, name, body, edited }) => {
      const text = edited?.body?.text ?? (body as { text?: string } | null)?.text ?? '-';
      return `${kind} ${name} ${text}`;
    },
  );

test('a log is compared with the room that is here', async () => {
  await using server = await testServer({ encoding: 'cbor' });
  const ada = await server.owner('ada');
  const log = await story(server, ada);
  assert.equal(log.lines.length, 12);
  assert.deepEqual(await upload(ada, log), { seq: 12, result: 'identical' });
  await ada.request('message.send', { room: log.room, clientId: 'm9', body: { text: 'later' } });
  assert.deepEqual(await upload(ada, log), { seq: 12, result: 'identical' });
  const forged = log.lines.with(3, log.lines[4]!);
  await assert.rejects(upload(ada, { ...log, lines: forged }), /wrong type|done already/);
  const other = (await exported(ada, await ada.createRoom('other'))).lines[0]!;
  await assert.rejects(ada.request('archive.write', { room: log.room, lines: [other] }), /done already/);
});

test('a room that its server lost is restored: people, roles, bans, names, the rules of reading', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ encoding: 'cbor', runtime: createVirtualRuntime(2) });
  const root = await server.owner('root');
  assert.deepEqual(await upload(root, log), { seq: 12, result: 'restored' });
  const { room } = await root.request('room.resolve', { alias: 'ops' });
  assert.deepEqual([room.id, room.title, room.topic, room.members], [log.room, 'Operations', 'ferries', 2]);
  assert.ok(room.head.seq === 13 && room.head.term > 1, 'what clients held of the lost end is reset');
  const { rooms } = await root.request('room.list', { limit: 10 });
  assert.deepEqual(
    rooms.map(({ alias }) => alias),
    ['ops'],
  );
  await root.request('room.join', { room: log.room, clientId: 'j' });
  await root.request('message.send', { room: log.room, clientId: 'm', body: { text: 'back' } });
  // History was opened to members until the rule changed.
  const texts = await textsOf(root, log.room);
  assert.ok(texts.includes('message bob hello all') && texts.includes('message bob -'));
  assert.ok(!texts.includes('message ada late') && texts.includes('message root back'));
  const { members } = await root.request('member.list', { room: log.room, limit: 10 });
  assert.deepEqual(
    members.map(({ person, role }) => `${person.name} ${role}`),
    ['ada owner', 'bob member', 'root member'],
  );
  assert.deepEqual(await upload(root, log), { seq: 12, result: 'identical' });
  await server.advance(60_001);
  const unmute = await root.next('entry.appended', ({ kind }) => kind === 'unmute');
  assert.equal(unmute.clerk, true);
});

test('a restored room keeps its alias from nobody who took it meanwhile', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ encoding: 'cbor' });
  const root = await server.owner('root');
  const other = await root.createRoom('ops');
  await upload(root, log);
  assert.equal((await root.request('room.resolve', { alias: 'ops' })).room.id, other);
  const { room } = await root.request('room.get', { room: log.room });
  assert.equal(room.alias, undefined);
  assert.equal((await root.request('room.list', { limit: 10 })).rooms.length, 1);
});

test('a room of another server becomes a read-only archive of who brings it, with its names', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await server.owner('root');
  const eve = await server.account('eve');
  const phone = await server.resume(root.token);
  assert.deepEqual(await upload(root, log, 100), { seq: 12, result: 'archived' });
  assert.equal((await phone.next('room.added')).sync.room.me.membership, 'archive');
  const { rooms } = await root.request('sync.start', { rooms: {} });
  assert.deepEqual(
    rooms.map(({ room, unread }) => [room.id, room.title, room.alias, room.me.membership, unread]),
    [[log.room, 'Operations', undefined, 'archive', 0]],
  );
  assert.deepEqual(
    (await textsOf(root, log.room)).filter((text) => text.startsWith('message')),
    ['message bob hello all', 'message bob -', 'message eve rude', 'message ada late'],
  );
  const page = await root.request('history.page', { room: log.room, limit: 1, show: 'rows' });
  assert.equal(page.entries[0]?.server?.length, 8);
  await assert.rejects(root.request('message.send', { room: log.room, clientId: 'm', body: { text: 'x' } }), /member/);
  await assert.rejects(root.request('room.settings', { room: log.room, clientId: 's', topic: 'x' }), /member/);
  await assert.rejects(eve.request('room.get', { room: log.room }), /no such thing/);
  await assert.rejects(eve.request('history.page', { room: log.room, limit: 9, show: 'rows' }), /no such thing/);
  assert.equal((await eve.request('user.find', { prefix: 'bob' })).people.length, 0);
  const again = await exported(root, log.room);
  assert.deepEqual(again.checkpoint.signature, log.checkpoint.signature);
  assert.deepEqual(
    again.lines.map(({ header }) => header),
    log.lines.map(({ header }) => header),
  );
  await server.advance(3_600_000);
  assert.equal((await root.request('room.get', { room: log.room })).room.head.seq, 12, 'nothing ends by itself in it');
});

test('an archive that nobody reads any more is gone, and can be brought again', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await server.owner('root');
  await upload(root, log);
  assert.equal((await upload(root, log)).result, 'identical');
  await root.request('room.leave', { room: log.room, clientId: 'l' });
  for (const table of ['room', 'entry', 'part', 'leaf', 'upload', 'checkpoint', 'reader', 'marker'])
    assert.deepEqual(await server.db.all(`SELECT * FROM ${table}`), [], table);
  await assert.rejects(root.request('room.get', { room: log.room }), /no such thing/);
  assert.equal((await upload(root, log)).result, 'archived');
});

test('an upload goes on where it broke off, also after a restart, and nobody sees it before its end', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  const first = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await first.owner('root');
  const { room, lines, checkpoint } = log;
  await root.request('archive.write', { room, lines: lines.slice(0, 5) });
  const again = await root.request('archive.write', { room, lines: lines.slice(3, 8) });
  assert.deepEqual(again, { seq: 8, result: 'more' });
  await assert.rejects(root.request('room.get', { room }), /no such thing/);
  await assert.rejects(root.request('room.join', { room, clientId: 'j' }), /no such thing/);
  const image = first.image();
  await first.close();
  await using second = await testServer({ seed: 8, encoding: 'cbor', db: openSqliteInMemory(image) });
  const back = await second.resume(root.token);
  assert.deepEqual(await back.request('archive.write', { room, lines: [] }), { seq: 8, result: 'more' });
  await assert.rejects(back.request('archive.write', { room, lines: lines.slice(9, 12) }), /wrong type/);
  const end = await back.request('archive.write', { room, lines: lines.slice(8), checkpoint });
  assert.deepEqual(end, { seq: 12, result: 'archived' });
});

test('a log that was changed anywhere is refused and leaves nothing', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await server.owner('root');
  const { room, lines, checkpoint } = log;
  const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, bytes[at]! ^ 1);
  const wrong: [string, Log][] = [
    ['a line is missing', { ...log, lines: lines.toSpliced(4, 1) }],
    [
      'a part was changed',
      {
        ...log,
        lines: lines.with(3, {
          ...lines[3]!,
          parts: lines[3]!.parts.map((part) => part && { ...part, bytes: flipped(part.bytes, 3) }),
        }),
      },
    ],
    [
      'a header was changed',
      { ...log, lines: lines.with(11, { ...lines[11]!, header: flipped(lines[11]!.header, 8) }) },
    ],
    ['another room is named', { ...log, room: room.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a')) }],
    ['the end is another', { ...log, checkpoint: { ...checkpoint, seq: 11 } }],
    ['the state is another', { ...log, checkpoint: { ...checkpoint, state: flipped(checkpoint.state, 0) } }],
    ['nobody signed it', { ...log, checkpoint: { ...checkpoint, signature: flipped(checkpoint.signature, 0) } }],
    ['it does not begin', { ...log, lines: lines.slice(1) }],
  ];
  for (const [what, each] of wrong) {
    await assert.rejects(upload(root, each, 100), { name: 'Refusal' }, what);
    await assert.rejects(root.request('room.get', { room }), /no such thing/, what);
  }
  await assert.rejects(root.request('archive.write', { room, lines: [], checkpoint }), { code: 'bad-request' });
  const user = await server.account('ada');
  await assert.rejects(user.request('archive.write', { room, lines }), { code: 'forbidden' });
  assert.equal((await upload(root, log)).result, 'archived');
});

test('a false beginning does not stand in the way of the true log', async () => {
  let log: Log;
  {
    await using server = await testServer({ encoding: 'cbor' });
    log = await story(server, await server.owner('ada'));
  }
  await using server = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await server.owner('root');
  const { room, lines } = log;
  const late = lines[1]!.header.slice();
  // The time of the join, which no signature covers before the checkpoint does.
  late[late.indexOf(0x1b) + 8]! ^= 1;
  await root.request('archive.write', { room, lines: [lines[0]!, { ...lines[1]!, header: late }] });
  await assert.rejects(root.request('archive.write', { room, lines: lines.slice(1, 4) }), { code: 'duplicate' });
  assert.equal((await root.request('archive.write', { room, lines })).seq, 12);
  assert.equal((await upload(root, log)).result, 'more');
  const { checkpoint } = log;
  assert.equal((await root.request('archive.write', { room, lines: [], checkpoint })).result, 'archived');
});

test('an upload that nobody goes on with is cleared away, and there are not too many', async () => {
  await using home = await testServer({ encoding: 'cbor' });
  const ada = await home.owner('ada');
  const logs: Log[] = [];
  for (let i = 0; i < 17; i++) logs.push(await exported(ada, await ada.createRoom(`r${i}`)));
  await using server = await testServer({ seed: 8, encoding: 'cbor' });
  const root = await server.owner('root');
  const begin = ({ room, lines }: Log) => root.request('archive.write', { room, lines });
  for (const log of logs.slice(0, 16)) await begin(log);
  await assert.rejects(begin(logs[16]!), { code: 'too-many' });
  await server.advance(8 * 86_400_000);
  assert.deepEqual(await server.db.all('SELECT * FROM upload'), []);
  assert.deepEqual(await server.db.all('SELECT * FROM entry'), []);
  await begin(logs[16]!);
});

test('a page of a log fits a frame however long its lines are', async () => {
  await using server = await testServer({ encoding: 'cbor' });
  const ada = await server.owner('ada');
  const room = await ada.createRoom('ops');
  const text = '\u3042'.repeat(limits.messageText);
  for (let i = 0; i < 30; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text } });
  const log = await exported(ada, room, limits.importLines);
  assert.equal(log.lines.length, 31);
  assert.deepEqual(log.lines[1]?.people, undefined);
  assert.equal(log.lines[0]?.people?.[0]?.name, 'ada');
});

test('only who may read everything may take it along', async () => {
  await using server = await testServer({ encoding: 'cbor' });
  const ada = await server.owner('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await ada.request('room.settings', { room, clientId: 's', history: 'since-join' });
  await bob.request('room.join', { room, clientId: 'j' });
  await assert.rejects(bob.request('archive.read', { room, after: 0, limit: 10 }), { code: 'forbidden' });
  const eve = await server.account('eve');
  await assert.rejects(eve.request('archive.read', { room, after: 0, limit: 10 }), { code: 'not-a-member' });
});

test('imported lines keep their times and authors, and come once however often they are sent', async () => {
  await using server = await testServer({ encoding: 'cbor' });
  const ada = await server.owner('ada');
  const room = await ada.createRoom('irc');
  const lines = Array.from({ length: 20 }, (_, i) => ({
    clientId: `l${i}`,
    at: 1_000 + i,
    author: i % 2 ? 'Æther' : 'bob^away',
    kind: (['message', 'action', 'system'] as const)[i % 3]!,
    text: `line ${i}`,
  }));
  assert.deepEqual(await ada.request('archive.append', { room, lines: lines.slice(0, 12) }), {
    added: 12,
    skipped: 0,
    seq: 13,
  });
  assert.deepEqual(await ada.request('archive.append', { room, lines }), { added: 8, skipped: 12, seq: 21 });
  const page = await ada.request('history.page', { room, limit: 100, show: 'rows' });
  const [, first, second] = page.entries;
  assert.deepEqual([first?.at, first?.name, first?.clerk, first?.body], [1_000, 'bob^away', true, { text: 'line 0' }]);
  assert.deepEqual([second?.name, second?.body], ['Æther', { text: 'line 1', action: true }]);
  const { people } = await ada.request('user.get', { users: [first!.user] });
  assert.equal(people[0]?.kind, 'imported');
  assert.equal((await upload(ada, await exported(ada, room))).result, 'identical');
});
