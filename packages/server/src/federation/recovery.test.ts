import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readHeader } from '@parley/room';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import type { TestClient } from '../testing.ts';
import { heard, type TestHome, TestHomes } from './testing-homes.ts';

const say = (text: string) => ({ text });

const signedIn = async ({ server }: TestHome, name: string): Promise<TestClient> => {
  const client = await (await server.connect()).signedIn('session.signIn', {
    name,
    password: 'correct horse',
    device: 'test',
  });
  await client.request('sync.start', { rooms: {} });
  return client;
};

interface Held {
  seq: number;
  term: number;
  kind: string;
  header: Uint8Array;
}

const logOf = (db: MemoryDatabase): Promise<Held[]> =>
  db.all<Held & Record<string, never>>('SELECT seq, term, kind, header FROM entry ORDER BY seq', []);

/** The same entries from the first that both hold. */
async function assertSame(one: TestHome, other: TestHome): Promise<void> {
  const [left, right] = await Promise.all([logOf(one.db), logOf(other.db)]);
  const from = right[0]!.seq;
  assert.deepEqual(
    left.filter(({ seq }) => seq >= from).map(({ header }) => Buffer.from(header).toString('hex')),
    right.map(({ header }) => Buffer.from(header).toString('hex')),
  );
}

/** Ada's room on the first server, with bob of the second and cem of the third in it. */
async function union(homes: TestHomes) {
  const one = await homes.home(1);
  const two = await homes.home(2, [1]);
  const three = await homes.home(3, [1]);
  const ada = await one.server.account('ada');
  const bob = await two.server.account('bob');
  const cem = await three.server.account('cem');
  const room = await ada.createRoom('ops');
  for (const client of [bob, cem]) await client.request('room.join', { room, clientId: 'j', server: one.id });
  const posts = async (client: TestClient, text: string): Promise<void> => {
    await client.request('message.send', { room, clientId: text.replaceAll(' ', '-'), body: say(text) });
    await homes.settled();
  };
  await posts(ada, 'a1');
  return { one, two, three, ada, bob, cem, room, posts };
}

const linked = (homes: TestHomes): Promise<void> => homes.advance(400_000, 5_000);

describe('a clerk that starts again', () => {
  it('goes on in its term where all servers in a room say that they hold no more', async () => {
    await using homes = new TestHomes();
    const { one, bob } = await union(homes);
    const before = (await logOf(one.db)).length;
    const image = one.db.image();
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    await linked(homes);
    const ada = await signedIn(again, 'ada');
    const [room] = (await ada.request('sync.start', { rooms: {} })).rooms;
    await ada.request('message.send', { room: room!.room.id, clientId: 'a2', body: say('a2') });
    await homes.settled();
    const log = await logOf(again.db);
    assert.equal(log.length, before + 1);
    assert.equal(log.at(-1)!.term, 1);
    assert.deepEqual(heard(bob).slice(-1), ['a2']);
  });

  it('begins a new term where one of them is away, and clients that miss nothing go on', async () => {
    await using homes = new TestHomes();
    const { one, two, three, bob, room } = await union(homes);
    await three.stop();
    const image = one.db.image();
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    await linked(homes);
    const ada = await signedIn(again, 'ada');
    const [held] = (await ada.request('sync.start', { rooms: {} })).rooms;
    await ada.request('message.send', { room, clientId: 'a2', body: say('a2') });
    await ada.request('message.send', { room, clientId: 'a3', body: say('a3') });
    await homes.settled();
    const log = await logOf(again.db);
    assert.deepEqual(
      log.slice(-3).map(({ kind }) => kind),
      ['term', 'message', 'message'],
    );
    const { what } = readHeader(log.at(-3)!.header);
    assert.deepEqual(what, { type: 'term', base: held!.room.head });
    await assertSame(again, two);
    assert.deepEqual(heard(bob).slice(-2), ['a2', 'a3']);
    for (const client of [ada, bob]) {
      const { rooms } = await client.request('sync.start', { rooms: { [room]: held!.room.head } });
      assert.equal(rooms[0]!.mode, 'resumed');
      assert.deepEqual(
        rooms[0]!.entries.map(({ kind }) => kind),
        ['term', 'message', 'message'],
      );
      const lost = { term: 1, seq: held!.room.head.seq + 1 };
      assert.equal((await client.request('sync.start', { rooms: { [room]: lost } })).rooms[0]!.mode, 'reset');
    }
  });
});

describe('a clerk that was restored', () => {
  it('takes over what followed on its log, as it was', async () => {
    await using homes = new TestHomes();
    const { one, two, ada, bob, cem, posts, room } = await union(homes);
    const image = one.db.image();
    for (let i = 2; i < 30; i++)
      for (const [name, who] of Object.entries({ ada, bob, cem })) await posts(who, `${name}${i}`);
    await ada.request('room.settings', { room, clientId: 's', title: 'Operations', alias: 'renamed' });
    await homes.settled();
    const lost = await logOf(one.db);
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    await linked(homes);
    const log = await logOf(again.db);
    assert.deepEqual(
      log.slice(0, lost.length).map(({ header }) => Buffer.from(header).toString('hex')),
      lost.map(({ header }) => Buffer.from(header).toString('hex')),
    );
    const back = await signedIn(again, 'ada');
    const [sync] = (await back.request('sync.start', { rooms: {} })).rooms;
    assert.deepEqual([sync!.room.title, sync!.room.alias], ['Operations', 'renamed']);
    await back.request('message.send', { room, clientId: 'after', body: say('after') });
    await homes.settled();
    assert.deepEqual(
      (await logOf(again.db)).slice(lost.length).map(({ kind }) => kind),
      ['term', 'message'],
    );
    await assertSame(again, two);
    assert.deepEqual(heard(bob).slice(-1), ['after']);
  });

  it('appends anew what was lost where its people have spoken since, and nothing twice', async () => {
    await using homes = new TestHomes();
    const { one, two, three, ada, bob, cem, posts, room } = await union(homes);
    const image = one.db.image();
    for (const [name, who] of Object.entries({ ada, bob, cem })) await posts(who, `${name} lost`);
    await bob.request('message.redact', {
      room,
      clientId: 'gone',
      target: { user: bob.user, clientId: 'bob-lost' },
    });
    await posts(bob, 'bob lost too');
    await one.stop();
    await bob.request('message.send', { room, clientId: 'bob-waits', body: say('bob waits') });
    for (const away of ['s1>s2', 's2>s1', 's1>s3', 's3>s1']) homes.cut.add(away);
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    const back = await signedIn(again, 'ada');
    await back.request('message.send', { room, clientId: 'alone', body: say('alone') });
    // Its client had no answer and tries again.
    await back.request('message.send', { room, clientId: 'ada-lost', body: say('ada lost') });
    await homes.settled();
    homes.cut.clear();
    await linked(homes);
    await posts(cem, 'cem back');
    const words = async (client: TestClient): Promise<string[]> => {
      const { entries } = await client.request('history.page', { room, limit: 100, show: 'rows' });
      return entries.flatMap(({ body }) => (body as { text?: string } | null)?.text ?? []);
    };
    const all = await words(back);
    assert.deepEqual([...all].sort(), ['a1', 'ada lost', 'alone', 'bob lost too', 'bob waits', 'cem back', 'cem lost']);
    for (const [client, home] of [
      [bob, two],
      [cem, three],
    ] as const) {
      await client.request('sync.start', { rooms: {} });
      assert.deepEqual(await words(client), all);
      await assertSame(again, home);
      assert.ok(!Buffer.from(home.db.image()).includes('bob lost"'));
    }
    const acts = (await logOf(again.db)).map(({ header }) => readHeader(header).what);
    assert.deepEqual(
      acts.filter(({ type }) => type === 'tombstone'),
      [],
    );
  });

  it('that has forgotten a server is told by that one, and its people are in the room again', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    const image = one.db.image();
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await bob.request('message.send', { room, clientId: 'b1', body: say('hello') });
    await homes.settled();
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    await linked(homes);
    const back = await signedIn(again, 'ada');
    assert.equal((await back.request('room.get', { room })).room.members, 2);
    await back.request('message.send', { room, clientId: 'a1', body: say('there you are') });
    await homes.settled();
    assert.deepEqual(heard(bob).slice(-1), ['there you are']);
    await assertSame(again, two);
  });

  it('believes nobody who claims to hold more without its own word for it', async () => {
    await using homes = new TestHomes();
    const { one, two, ada, posts } = await union(homes);
    const image = two.db.image();
    await two.stop();
    const liar = openSqliteInMemory(image);
    await liar.run('UPDATE room SET seq = seq + 5', []);
    await posts(ada, 'a2');
    const before = await logOf(one.db);
    await homes.home(2, [1], { db: liar });
    await linked(homes);
    assert.deepEqual(await logOf(one.db), before);
    await posts(ada, 'a3');
    assert.deepEqual(
      (await logOf(one.db)).slice(before.length).map(({ kind, term }) => [kind, term]),
      [['message', 1]],
    );
  });

  it('begins a new term in every room once a client shows that it holds more', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const ada = await one.server.account('ada');
    const rooms = [await ada.createRoom('ops'), await ada.createRoom('dev')];
    const image = one.db.image();
    for (const room of rooms) await ada.request('message.send', { room, clientId: 'lost', body: say('lost') });
    const { rooms: held } = await ada.request('sync.start', { rooms: {} });
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    const back = await signedIn(again, 'ada');
    const [first] = held;
    const sync = await back.request('sync.start', { rooms: { [first!.room.id]: first!.room.head } });
    assert.ok(sync.rooms.every(({ mode }) => mode === 'reset'));
    for (const room of rooms) await back.request('message.send', { room, clientId: 'new', body: say('new') });
    const cursors = Object.fromEntries(held.map(({ room }) => [room.id, room.head]));
    const { rooms: after } = await back.request('sync.start', { rooms: cursors });
    assert.deepEqual(
      after.map(({ mode }) => mode),
      ['reset', 'reset'],
    );
  });

  it('takes back a room that it had made since, where another server holds its log from the beginning', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const image = one.db.image();
    const created = { alias: 'ops', clientId: 'c', title: 'Operations' };
    const room = (await ada.request('room.create', created)).sync.room.id;
    await ada.request('message.send', { room, clientId: 'a1', body: say('a1') });
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    for (let i = 1; i < 150; i++) await bob.request('message.send', { room, clientId: `b${i}`, body: say(`b${i}`) });
    await homes.settled();
    const lost = await logOf(one.db);
    await one.stop();
    const again = await homes.home(1, [], { db: openSqliteInMemory(image) });
    await linked(homes);
    const log = await logOf(again.db);
    assert.deepEqual(
      log.slice(0, lost.length).map(({ header }) => Buffer.from(header).toString('hex')),
      lost.map(({ header }) => Buffer.from(header).toString('hex')),
    );
    const back = await signedIn(again, 'ada');
    const [sync] = (await back.request('sync.start', { rooms: {} })).rooms;
    assert.deepEqual(
      [sync!.room.id, sync!.room.alias, sync!.room.title, sync!.room.members],
      [room, 'ops', 'Operations', 2],
    );
    await back.request('message.send', { room, clientId: 'a2', body: say('back') });
    await bob.request('message.send', { room, clientId: 'b', body: say('welcome') });
    await homes.settled();
    assert.deepEqual(heard(bob).slice(-2).sort(), ['back', 'welcome']);
    await assertSame(again, two);
  });
});
