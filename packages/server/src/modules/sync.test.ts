import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RoomSync } from '@parley/protocol';
import { type TestClient, testServer } from '../testing.ts';

const say = (who: TestClient, room: string, clientId: string, text = clientId) =>
  who.request('message.send', { room, clientId, body: { text } });
const seqs = ({ entries }: RoomSync) => entries.map(({ seq }) => seq);

describe('a sync', () => {
  it('sends what follows a cursor, or the newest where the cursor says nothing', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    for (let i = 2; i <= 10; i++) await say(ada, room, `m${i}`);
    const head = (await ada.request('room.get', { room })).room.head;
    const from = async (cursor?: { term: number; seq: number }) =>
      (await ada.request('sync.start', { rooms: cursor ? { [room]: cursor } : {} })).rooms[0]!;
    const told = async (cursor?: { term: number; seq: number }) => {
      const sync = await from(cursor);
      return `${sync.mode} ${seqs(sync).join()}`;
    };
    assert.equal(await told({ term: head.term, seq: 7 }), 'resumed 8,9,10');
    assert.equal(await told({ term: head.term, seq: 10 }), 'resumed ');
    assert.equal(await told({ term: head.term, seq: 0 }), 'resumed 1,2,3,4,5,6,7,8,9,10');
    for (const odd of [undefined, { term: 1, seq: 11 }, { term: 0, seq: 5 }, { term: 9, seq: 5 }])
      assert.equal(await told(odd), 'reset 1,2,3,4,5,6,7,8,9,10');
    assert.equal(await told({ term: 1, seq: Number.MAX_SAFE_INTEGER }), 'reset 1,2,3,4,5,6,7,8,9,10');
  });

  it('says nothing of other people’s rooms, whatever cursors it is given', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const bob = await server.account('bob');
    const cursors = { [room]: { term: 1, seq: 0 }, ['a'.repeat(52)]: { term: 1, seq: 0 } };
    assert.deepEqual(await bob.request('sync.start', { rooms: cursors }), { rooms: [], invitations: [] });
    await say(ada, room, 'm1');
    assert.deepEqual(bob.events, []);
  });

  it('starts over where something between is not for the reader', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { sync } = await ada.request('room.create', { alias: 'ops', history: 'since-join', clientId: 'c' });
    const room = sync.room.id;
    await bob.request('room.join', { room, clientId: 'j1' });
    await say(ada, room, 'm1', 'for both');
    await bob.request('room.leave', { room, clientId: 'l1' });
    await say(ada, room, 'm2', 'not for bob');
    await bob.request('room.join', { room, clientId: 'j2' });
    await say(ada, room, 'm3', 'for both again');
    const { rooms } = await bob.request('sync.start', { rooms: { [room]: { term: 1, seq: 3 } } });
    assert.deepEqual([rooms[0]?.mode, seqs(rooms[0]!)], ['reset', [6, 7]]);
    assert.equal(JSON.stringify(rooms).includes('not for bob'), false);
  });

  it('of a long absence starts over', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    for (let i = 0; i < 210; i++) await say(ada, room, `m${i}`);
    const from = async (seq: number) =>
      (await ada.request('sync.start', { rooms: { [room]: { term: 1, seq } } })).rooms[0]!;
    const long = await from(10);
    assert.deepEqual([long.mode, long.entries.length, seqs(long).at(-1)], ['reset', 30, 211]);
    const short = await from(11);
    assert.deepEqual([short.mode, short.entries.length], ['resumed', 200]);
  });

  it('leaves no gap and repeats nothing, however it races with what is said', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j' });
    for (let round = 0; round < 8; round++) {
      const phone = await server.resume(bob.token);
      const sends = Array.from({ length: 6 }, (_, i) => say(ada, room, `r${round}.${i}`));
      const { rooms } = await phone.request('sync.start', { rooms: { [room]: { term: 1, seq: 2 } } });
      await Promise.all(sends);
      await say(ada, room, `end${round}`);
      await server.advance(10);
      const [sync] = rooms;
      const live = phone.events.flatMap((event) => (event.event === 'entry.appended' ? [event.payload.seq] : []));
      const from = sync!.mode === 'resumed' ? 2 : sync!.room.head.seq - sync!.entries.length;
      const held = [...seqs(sync!), ...live];
      const head = (await ada.request('room.get', { room })).room.head.seq;
      assert.deepEqual(
        held,
        Array.from({ length: head - from }, (_, i) => from + 1 + i),
      );
    }
  });

  it('whose room is left or closed meanwhile follows it no more', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j' });
    const phone = await server.resume(bob.token);
    await Promise.all([
      phone.request('sync.start', { rooms: {} }),
      ada.request('member.kick', { room, user: bob.user, clientId: 'k' }),
    ]);
    phone.events.length = 0;
    await say(ada, room, 'secret');
    await phone.settle();
    assert.deepEqual(phone.events, []);
    const tab = await server.resume(bob.token);
    await Promise.allSettled([tab.request('sync.start', { rooms: {} }), tab.request('session.signOut', {})]);
    await bob.link.closed;
  });

  it('with more rooms than a reply holds tells the rest behind it', async () => {
    await using server = await testServer({ loadedRooms: 1_000 });
    const ada = await server.account('ada');
    const topic = '\u0001'.repeat(1_024);
    const made: string[] = [];
    for (let i = 0; i < 150; i++) {
      const { sync } = await ada.request('room.create', { alias: `r${i}`, topic, clientId: `c${i}` });
      made.push(sync.room.id);
    }
    const phone = await server.resume(ada.token);
    const { rooms } = await phone.request('sync.start', { rooms: {} });
    assert.ok(rooms.length > 50 && rooms.length < 150);
    for (let i = 0; i < 30; i++) await phone.settle();
    const rest = phone.events.flatMap((event) => (event.event === 'room.added' ? [event.payload.sync.room.id] : []));
    assert.deepEqual([...rooms.map(({ room }) => room.id), ...rest].sort(), made.sort());
    await say(ada, made[149]!, 'm');
    await phone.next('entry.appended', ({ room }) => room === made[149]);
  });

  it('is one frame however long the messages are', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const text = '\u0001'.repeat(16_384);
    const rooms: string[] = [];
    for (let i = 0; i < 4; i++) {
      rooms.push(await ada.createRoom(`r${i}`));
      for (let j = 0; j < 10; j++) await say(ada, rooms[i]!, `m${j}`, text);
    }
    const phone = await server.resume(ada.token);
    const synced = await phone.request('sync.start', { rooms: {} });
    assert.equal(synced.rooms.length, 4);
    const behind = Object.fromEntries(rooms.map((room) => [room, { term: 1, seq: 1 }]));
    const resumed = await phone.request('sync.start', { rooms: behind });
    assert.ok(
      resumed.rooms.some(({ mode }) => mode === 'reset'),
      'what does not fit starts over',
    );
    for (const { mode, entries } of resumed.rooms) if (mode === 'resumed') assert.equal(entries.length, 10);
  });
});
