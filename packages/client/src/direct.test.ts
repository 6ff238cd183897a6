import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { type RoomView, serverOf } from '@parley/protocol';
import { roomLabel } from './address.ts';
import { complete } from './command/complete.ts';
import { run } from './command/run.ts';
import { conversationWith } from './person.ts';
import { memoryStore } from './store-memory.ts';
import { setting } from './testing/setting.ts';

test('a conversation is found by the other person’s name, wherever they are', async () => {
  const all = setting(drain);
  const [bob, far] = [all.server.account('bob'), all.server.account('bob:far.example')];
  const store = memoryStore();
  const ada = await all.ada(store);
  await assert.rejects(ada.direct('@nobody'), { code: 'not-found' });
  assert.equal(ada.room('@bob'), undefined);
  const room = await ada.direct('@bob');
  assert.equal(room.summary.get().view.direct?.person.id, bob.user);
  assert.equal(roomLabel(room.summary.get()), '@bob');
  const other = await ada.direct('@bob:far.example');
  assert.notEqual(other.id, room.id);
  assert.equal(roomLabel(other.summary.get()), '@bob:far.example');
  assert.equal(other.summary.get().server?.id, serverOf(far.user));
  const asked = (): number => all.server.requests.filter(({ request }) => request === 'direct.open').length;
  assert.equal(asked(), 2);
  for (const typed of ['@bob', 'bob', bob.user]) assert.equal(await ada.direct(typed), room, typed);
  assert.equal(await ada.direct(far.user), other);
  assert.equal(asked(), 2, 'what is held needs no server');
  assert.equal(ada.room('@BOB'), room);
  assert.equal(ada.room('@bob:far.example'), other);
  assert.equal(await ada.join('@bob'), room);
  await ada.close();
  all.server.before = () => new Promise(() => {});
  const again = all.client(store);
  void again.start().catch(() => {});
  await all.runtime.settle();
  assert.equal((await again.direct('@bob:far.example')).id, other.id, 'nor does what the store held');
  await again.close();
});

test('a conversation that the other one left is asked for again', async () => {
  const all = setting(drain);
  const bob = all.server.account('bob');
  const ada = await all.ada();
  const room = await ada.direct(bob.user);
  const view = room.summary.get().view;
  all.server.tellAll('ada', {
    event: 'room.changed',
    payload: { room: { ...view, direct: { ...view.direct!, membership: 'none' } } },
  });
  await all.runtime.settle();
  assert.equal((await ada.direct('@bob')).summary.get().view.direct?.membership, 'invited');
  assert.equal(all.server.requests.filter(({ request }) => request === 'direct.open').length, 2);
  await ada.close();
});

test('the other person’s new name is that of the conversation', async () => {
  const all = setting(drain);
  const bob = all.server.account('bob');
  const ada = await all.ada();
  const room = await ada.direct('@bob');
  const person = { id: bob.user, name: 'bob', display: 'Bobby', kind: 'person' as const };
  all.server.tellAll('ada', { event: 'user.changed', payload: { person } });
  await all.runtime.settle();
  const { view } = room.summary.get();
  assert.deepEqual([view.title, view.direct?.person.display], ['Bobby', 'Bobby']);
  await ada.close();
});

test('/msg begins a conversation, says something in it and opens it', async () => {
  const all = setting(drain);
  all.server.account('bob');
  const ada = await all.ada();
  const done = await run(ada, undefined, '/msg @bob hello there');
  assert.equal(done.kind, 'opened');
  const room = done.kind === 'opened' ? done.room : undefined;
  assert.equal(room, ada.room('@bob'));
  assert.equal(room?.summary.get().last?.text, 'hello there');
  assert.equal((await run(ada, undefined, '/dm bob')).kind, 'opened');
  const nobody = await run(ada, undefined, '/msg @nobody hello');
  assert.deepEqual(nobody.kind === 'refused' && nobody.refusal.code, 'not-found');
  const offered = complete('/msg @b', 7, { rooms: ada.rooms.get(), servers: ada.servers });
  assert.deepEqual(
    offered?.items.map(({ insert }) => insert),
    ['@bob '],
  );
  await ada.close();
});

test('of several conversations with one person that counts in which they are, else the one with the lowest id', () => {
  const person = { id: 'x', name: 'bob', kind: 'person' as const };
  const view = (id: string, membership: 'member' | 'invited' | 'none') =>
    ({ id, direct: { person, membership } }) as RoomView;
  assert.equal(conversationWith('x', [view('a', 'none'), view('c', 'member'), view('b', 'member')])?.id, 'b');
  assert.equal(conversationWith('x', [view('a', 'invited'), view('b', 'none')])?.id, 'a');
  assert.equal(conversationWith('y', [view('a', 'member')]), undefined);
});
