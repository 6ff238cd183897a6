import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqliteInMemory } from './main.ts';
import { testServer } from './testing.ts';

const clientId = 'c1';

test('a resend has the outcome of the first time, whatever became of the sender since', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId });
  const send = () => bob.request('message.send', { room, clientId: 'm1', body: { text: 'hi' } });
  const first = await send();
  const target = { user: bob.user, clientId: 'm1' };
  const edit = () => bob.request('message.edit', { room, clientId: 'e1', target, body: { text: 'ho' } });
  const edited = await edit();
  await ada.request('member.mute', { room, user: bob.user, clientId: 'u1' });
  assert.deepEqual(await send(), first);
  assert.deepEqual(await edit(), edited);
  await ada.request('member.ban', { room, user: bob.user, clientId: 'b1' });
  assert.deepEqual(await send(), first);
  await ada.request('room.settings', { room, clientId: 's1', joinRule: 'invite' });
  assert.deepEqual(await send(), first);
  assert.deepEqual(await edit(), edited);
  await assert.rejects(bob.request('message.send', { room, clientId: 'm2', body: { text: 'x' } }), /no such thing/);
  const eve = await server.account('eve');
  await assert.rejects(eve.request('message.send', { room, clientId: 'm1', body: { text: 'x' } }), /no such thing/);
});

test('a room is made once, whatever is sent again', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const phone = await server.resume(ada.token);
  const make = (who = ada, title = 'Operations') =>
    who.request('room.create', { alias: 'ops', title, clientId }).then(({ sync }) => sync.room);
  const rooms = await Promise.all([make(), make(), make(phone)]);
  const { id } = rooms[0]!;
  assert.deepEqual(new Set(rooms.map((room) => room.id)), new Set([id]));
  await ada.request('room.settings', { room: id, clientId: 's1', alias: 'operations', joinRule: 'invite' });
  const again = await make(phone, 'Another');
  assert.deepEqual([again.id, again.alias, again.title, again.me.role], [id, 'operations', 'Operations', 'owner']);
  assert.equal((await server.db.all('SELECT n FROM room')).length, 1);
  assert.equal((await server.db.all("SELECT seq FROM entry WHERE kind = 'create'")).length, 1);

  const bob = await server.account('bob');
  assert.notEqual((await make(bob)).id, id, 'the act of somebody else is another one');
  await assert.rejects(bob.request('room.create', { alias: 'operations', clientId: 'c2' }), { code: 'name-taken' });
  await ada.request('room.leave', { room: id, clientId: 'l1' });
  await assert.rejects(make(), { code: 'not-found' });
});

test('a room is made once, over a restart', async () => {
  const db = openSqliteInMemory();
  const first = await testServer({ db: { ...db, close: async () => {} } });
  const ada = await first.account('ada');
  const id = await ada.createRoom('ops');
  await first.close();
  await using second = await testServer({ db });
  assert.equal(await (await second.resume(ada.token)).createRoom('ops'), id);
});

test('with room in memory for one room only, acts in many at once are all placed', async () => {
  await using server = await testServer({ loadedRooms: 1 });
  const ada = await server.account('ada');
  const bob = await server.resume(ada.token);
  const rooms: string[] = [];
  for (const alias of ['a', 'b', 'c']) rooms.push(await ada.createRoom(alias));
  const sent = Array.from({ length: 10 }, (_, i) =>
    rooms.flatMap((room) =>
      [ada, bob].map((who, j) => who.request('message.send', { room, clientId: `m${i}.${j}`, body: { text: 'hi' } })),
    ),
  );
  for (const outcome of await Promise.all(sent.flat())) assert.equal(outcome.outcome, 'entry');
  for (const room of rooms)
    assert.equal((await ada.request('history.page', { room, limit: 100, show: 'rows' })).entries.length, 21);
});
