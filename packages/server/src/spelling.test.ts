// Ids in spellings that no bytes have, in every field that takes one: refused at the door, by clients and by servers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFederationFrame, type FramePayload } from '@parley/protocol';
import { TestHomes } from './federation/testing-homes.ts';
import { testServer } from './testing.ts';

const misspelt = (id: string): string => `${id.slice(0, -1)}b`;

test('a client that misspells an id is told so', async () => {
  await using server = await testServer();
  const ada = await server.owner('ada');
  const room = await ada.createRoom('ops');
  await ada.request('message.send', { room, clientId: 'm', body: { text: 'x' } });
  const on = { room, clientId: 'c' };
  const user = misspelt(ada.user);
  const target = { user, clientId: 'm' };
  const bad = { code: 'bad-request' };
  const text = 'x';
  for (const asked of [
    () => ada.request('room.get', { room: misspelt(room) }),
    () => ada.request('room.join', { ...on, server: 'nowhere', room: misspelt(room) }),
    () => ada.request('sync.start', { rooms: { [misspelt(room)]: { term: 1, seq: 1 } } }),
    () => ada.request('message.send', { ...on, body: { text, mentions: [user] } }),
    () => ada.request('message.send', { ...on, body: { text, replyTo: target } }),
    () => ada.request('message.edit', { ...on, target, body: { text } }),
    () => ada.request('message.redact', { ...on, target }),
    () => ada.request('message.react', { ...on, target, emoji: 'x' }),
    () => ada.request('message.pin', { ...on, target }),
    () => ada.request('member.invite', { ...on, user }),
    () => ada.request('member.ban', { ...on, user }),
    () => ada.request('room.settings', { ...on, servers: { deny: [misspelt(room)] } }),
    () => ada.request('user.get', { users: [user] }),
    () => ada.request('peer.block', { server: misspelt(room) }),
    () => ada.request('peer.drop', { room: misspelt(room) }),
    () => ada.request('server.get', { servers: [misspelt(room)] }),
  ])
    await assert.rejects(asked(), bad, asked.toString());
  // Where a name may stand too, it is one that nobody has.
  await assert.rejects(ada.request('room.list', { server: misspelt(room), limit: 1 }), { code: 'not-found' });
});

test('a server that misspells an id is told so, or ends its link, and nothing fails', async () => {
  await using homes = new TestHomes();
  const faults: unknown[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (...told: unknown[]) => void faults.push(told) };
  const one = await homes.home(1, [], { log });
  const ada = await one.server.account('ada');
  const room = await ada.createRoom('ops');
  const stranger = await homes.stranger(50, 1);
  const asks: [string, object][] = [
    ['outcome', { room, user: misspelt(ada.user), clientId: 'c' }],
    ['outcome', { room: misspelt(room), user: ada.user, clientId: 'c' }],
    ['range', { room: misspelt(room), from: 1, to: 2 }],
    ['snapshot', { room: misspelt(room) }],
    ['room', { room: misspelt(room) }],
    ['receipts', { room: misspelt(room) }],
    ['submit', { room: misspelt(room), envelopes: [], signature: new Uint8Array(64), people: [] }],
  ];
  for (const [n, [ask, payload]] of asks.entries()) {
    await stranger.say(encodeFederationFrame('ask', { n, ask, payload }), 'control');
    await homes.settled();
  }
  const codes = stranger.heard.flatMap(({ frame }) =>
    frame?.frame === 'answer' ? [(frame.payload as FramePayload<'answer'>).error?.code] : [],
  );
  assert.deepEqual(codes, Array(asks.length).fill('bad-request'));
  const user = misspelt(ada.user);
  for (const bytes of [
    encodeFederationFrame('typing', { room, user, active: true }),
    encodeFederationFrame('receipts', { room, readers: [{ user, seq: 1 }] }),
    encodeFederationFrame('presence', { people: [{ user, status: 'online' }] }),
    encodeFederationFrame('cursor', { rooms: [{ room: misspelt(room), at: null }] }),
  ]) {
    const other = await homes.stranger(50, 1);
    await other.say(bytes, 'control');
    await homes.settled();
    assert.equal(await other.link.closed, 'bad-frame');
    await homes.advance(3_600_000, 600_000);
  }
  assert.deepEqual(faults, []);
});
