import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '@parley/protocol';
import { type TestClient, testServer } from './testing.ts';

const clientId = 'c1';
const seqsOf = (client: TestClient): number[] =>
  client.events.flatMap(({ event, payload }: ServerEvent) => (event === 'entry.appended' ? [payload.seq] : []));

test('who leaves hears of it and of nothing after, even of what was stored in the same moment', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId });
  await ada.request('room.leave', { room, clientId: 'leave' });
  const heir = await bob.next('entry.appended', ({ kind }) => kind === 'role');
  assert.equal(heir.seq, 4);
  assert.deepEqual(seqsOf(ada).slice(-1), [3]);
});

test('who is banned hears of that and of nothing after', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId });
  await ada.request('message.send', { room, clientId: 'm1', body: { text: 'hi' } });
  const ban = ada.request('member.ban', { room, user: bob.user, clientId: 'ban' });
  const target = { user: ada.user, clientId: 'm1' };
  const reacted = ada.request('message.react', { room, clientId: 'r1', target, emoji: '👋' });
  const [banned, after] = await Promise.all([ban, reacted]);
  assert.ok(banned.outcome === 'entry' && after.outcome === 'entry' && banned.seq === 4 && after.seq === 5);
  assert.deepEqual(seqsOf(bob), [3, 4]);
  assert.equal((await bob.next('room.removed')).how, 'banned');
});

test('a room made on one device is there on the others', async () => {
  await using server = await testServer();
  const laptop = await server.account('ada');
  const phone = await server.resume(laptop.token);
  const room = await laptop.createRoom('ops');
  assert.equal((await phone.next('room.added')).sync.room.id, room);
  assert.equal(laptop.events.length, 0);
  await laptop.request('message.send', { room, clientId: 'm1', body: { text: 'hi' } });
  assert.deepEqual(seqsOf(phone), [2]);
});

test('what was said before somebody came is not unread to them', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await ada.request('message.send', { room, clientId: 'm1', body: { text: 'early' } });
  const { sync } = await bob.request('room.join', { room, clientId });
  assert.deepEqual([sync.marker, sync.unread], [3, 0]);
});

test('a guest who watches is sent away when the room closes its door', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const room = await ada.createRoom('ops');
  const guest = await server.guest('heron');
  await guest.request('room.join', { room, clientId });
  await ada.request('room.settings', { room, clientId: 's1', joinRule: 'invite' });
  assert.equal((await guest.next('room.removed')).room, room);
  await ada.request('message.send', { room, clientId: 'm1', body: { text: 'among us' } });
  assert.deepEqual(seqsOf(guest), [2]);
  await assert.rejects(guest.request('history.page', { room, limit: 9, show: 'rows' }), /no such thing/);
});
