import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawEntry } from '@parley/protocol';
import { testServer } from './testing.ts';

const clientId = 'c1';

test('an account is made, a room is created, people join and talk', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const { sync } = await ada.request('room.create', { alias: 'ops', topic: 'ferries', clientId });
  assert.equal(sync.room.title, 'ops');
  assert.equal(sync.room.me.role, 'owner');
  const room = sync.room.id;
  const joined = await bob.request('room.join', { room, clientId });
  assert.equal(joined.sync.room.members, 2);
  const sent = await bob.request('message.send', { room, clientId: 'm1', body: { text: 'hello' } });
  assert.equal(sent.outcome, 'entry');
  const entry = await ada.next('entry.appended', ({ kind }) => kind === 'message');
  assert.deepEqual(entry.body, { text: 'hello' });
  assert.equal(entry.name, 'bob');
  const page = await ada.request('history.page', { room, limit: 50, show: 'everything' });
  assert.deepEqual(
    page.entries.map(({ kind, seq }: RawEntry) => `${seq} ${kind}`),
    ['1 create', '2 member', '3 message'],
  );
  assert.equal(page.before, false);
  assert.equal(page.after, false);
});

test('a resend under the same clientId is the same message', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const room = await ada.createRoom('ops');
  const send = () => ada.request('message.send', { room, clientId: 'm1', body: { text: 'once' } });
  const outcomes = await Promise.all([send(), send(), send()]);
  const again = await send();
  for (const outcome of outcomes) assert.deepEqual(outcome, again);
  const page = await ada.request('history.page', { room, limit: 50, show: 'rows' });
  assert.equal(page.entries.length, 2);
});

test('edits, reactions, pins and redactions stand beside the message on a page', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const room = await ada.createRoom('ops');
  await ada.request('message.send', { room, clientId: 'm1', body: { text: 'helo' } });
  const target = { user: ada.user, clientId: 'm1' };
  await ada.request('message.edit', { room, clientId: 'e1', target, body: { text: 'hello' } });
  await ada.request('message.react', { room, clientId: 'r1', target, emoji: '👋' });
  await ada.request('message.react', { room, clientId: 'r2', target, emoji: '👋' });
  await ada.request('message.pin', { room, clientId: 'p1', target });
  const [, message] = (await ada.request('history.page', { room, limit: 50, show: 'rows' })).entries;
  assert.equal(message?.edited?.body?.text, 'hello');
  assert.equal(message?.reactions?.length, 1);
  assert.equal(message?.pinned, true);
  assert.equal((await ada.request('history.pins', { room })).entries.length, 1);
  await ada.request('message.redact', { room, clientId: 'd1', target, reason: 'typo' });
  const [, gone] = (await ada.request('history.page', { room, limit: 50, show: 'rows' })).entries;
  assert.equal(gone?.body, null);
  assert.equal(gone?.redacted?.reason, 'typo');
  await assert.rejects(
    ada.request('message.edit', { room, clientId: 'e2', target, body: { text: 'x' } }),
    /does not exist|deleted/,
  );
});

test('a mute ends by itself, before what is due after it', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId });
  await ada.request('member.mute', { room, user: bob.user, clientId: 'u1', durationMs: 60_000, reason: 'calm' });
  await assert.rejects(bob.request('message.send', { room, clientId: 'm1', body: { text: 'x' } }), /muted/);
  await assert.rejects(bob.request('typing.set', { room, typing: true }), /muted/);
  await server.advance(60_001);
  const unmute = await bob.next('entry.appended', ({ kind }) => kind === 'unmute');
  assert.equal(unmute.clerk, true);
  await bob.request('message.send', { room, clientId: 'm2', body: { text: 'y' } });
});

test('a guest watches without a row and joins by speaking', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const room = await ada.createRoom('lobby');
  const guest = await server.guest('heron');
  const { sync } = await guest.request('room.join', { room, clientId });
  assert.equal(sync.room.me.membership, 'watching');
  assert.equal(sync.room.members, 1);
  await ada.request('message.send', { room, clientId: 'm1', body: { text: 'welcome' } });
  await guest.next('entry.appended', ({ kind }) => kind === 'message');
  assert.equal((await ada.request('user.find', { prefix: 'heron' })).people.length, 0);
  await guest.request('message.send', { room, clientId: 'm2', body: { text: 'thanks' } });
  const entry = await ada.next('entry.appended', ({ name, kind }) => kind === 'message' && name === 'heron');
  assert.equal(entry.seq, 4);
  const { members } = await ada.request('member.list', { room, limit: 10 });
  assert.deepEqual(
    members.map(({ person, role }) => `${person.name} ${role}`),
    ['ada owner', 'heron guest'],
  );
});

test('unread counts follow the marker on every device', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId });
  for (let i = 0; i < 5; i++)
    await ada.request('message.send', {
      room,
      clientId: `m${i}`,
      body: { text: `hi ${i}`, ...(i === 3 ? { mentions: [bob.user] } : {}) },
    });
  const phone = await server.resume(bob.token);
  const { rooms } = await phone.request('sync.start', { rooms: {} });
  assert.deepEqual([rooms[0]?.unread, rooms[0]?.mentions], [5, 1]);
  await bob.request('marker.set', { room, seq: 5 });
  const changed = await phone.next('marker.changed');
  assert.deepEqual([changed.unread, changed.mentions], [2, 1]);
});

test('a page is found by the name of a message', async () => {
  await using server = await testServer();
  const ada = await server.account('ada');
  const room = await ada.createRoom('ops');
  for (let i = 0; i < 40; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text: `${i}` } });
  const page = await ada.request('history.page', {
    room,
    of: { user: ada.user, clientId: 'm9' },
    limit: 10,
    show: 'rows',
  });
  assert.ok(page.entries.some(({ clientId }) => clientId === 'm9'));
  await assert.rejects(
    ada.request('history.page', { room, of: { user: ada.user, clientId: 'none' }, limit: 10, show: 'rows' }),
    /no such thing/,
  );
});
