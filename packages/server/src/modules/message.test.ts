import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Payload } from '@parley/protocol';
import { type TestClient, type TestServer, testServer } from '../testing.ts';

async function couple(server: TestServer) {
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j' });
  return { ada, bob, room };
}
const say = (who: TestClient, room: string, clientId: string, body: Partial<Payload<'message.send'>['body']> = {}) =>
  who.request('message.send', { room, clientId, body: { text: clientId, ...body } });
const log = async (who: TestClient, room: string) =>
  (await who.request('history.page', { room, limit: 100, show: 'everything' })).entries;

describe('acts that one connection sends without waiting', () => {
  it('keep their order, whatever each of them takes to look up', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await say(ada, room, 'first');
    const target = { user: ada.user, clientId: 'first' };
    const before = (await log(ada, room)).length;
    const acts: [string, Promise<unknown>][] = [
      ['m1', say(ada, room, 'm1', { mentions: [bob.user] })],
      ['m2', say(ada, room, 'm2')],
      ['e1', ada.request('message.edit', { room, clientId: 'e1', target, body: { text: 'edited' } })],
      ['r1', ada.request('message.react', { room, clientId: 'r1', target, emoji: '👋' })],
      ['m3', say(ada, room, 'm3', { replyTo: target })],
      ['u1', ada.request('message.unreact', { room, clientId: 'u1', target: { user: ada.user, clientId: 'r1' } })],
      ['p1', ada.request('message.pin', { room, clientId: 'p1', target })],
      ['x1', ada.request('member.mute', { room, clientId: 'x1', user: bob.user })],
      ['m4', say(ada, room, 'm4')],
      ['s1', ada.request('room.settings', { room, clientId: 's1', topic: 'new' })],
      ['d1', ada.request('message.redact', { room, clientId: 'd1', target: { user: ada.user, clientId: 'm4' } })],
      ['m5', say(ada, room, 'm5')],
    ];
    await Promise.all(acts.map(([, act]) => act));
    assert.deepEqual(
      (await log(ada, room)).slice(before).map(({ clientId }) => clientId),
      acts.map(([id]) => id),
    );
  });

  it('may name what was sent just before', async () => {
    await using server = await testServer();
    const { ada, room } = await couple(server);
    const target = { user: ada.user, clientId: 'm1' };
    const [, edited, redacted, late] = await Promise.allSettled([
      say(ada, room, 'm1'),
      ada.request('message.edit', { room, clientId: 'e1', target, body: { text: 'edited' } }),
      ada.request('message.redact', { room, clientId: 'd1', target }),
      ada.request('message.react', { room, clientId: 'r1', target, emoji: '👋' }),
    ]);
    assert.deepEqual([edited.status, redacted.status, late.status], ['fulfilled', 'fulfilled', 'rejected']);
    assert.equal(late.status === 'rejected' && late.reason.code, 'unknown-target');
  });

  it('may come right after joining, and end with leaving', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const bob = await server.account('bob');
    const [, said, left, late] = await Promise.allSettled([
      bob.request('room.join', { room, clientId: 'j' }),
      say(bob, room, 'm1'),
      bob.request('room.leave', { room, clientId: 'l' }),
      say(bob, room, 'm2'),
    ]);
    assert.deepEqual([said.status, left.status, late.status], ['fulfilled', 'fulfilled', 'rejected']);
  });
});

describe('a message', () => {
  it('is changed and deleted by whom the rules allow', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    const eve = await server.account('eve');
    await say(bob, room, 'm1');
    const target = { user: bob.user, clientId: 'm1' };
    const edit = (who: TestClient, clientId: string) =>
      who.request('message.edit', { room, clientId, target, body: { text: 'new' } });
    await assert.rejects(edit(ada, 'e1'), { code: 'forbidden' }, 'nobody edits others unless allowed');
    await assert.rejects(edit(eve, 'e1'), { code: 'not-a-member' });
    await edit(bob, 'e1');
    await say(ada, room, 'm2');
    const hers = { user: ada.user, clientId: 'm2' };
    await assert.rejects(bob.request('message.redact', { room, clientId: 'd1', target: hers }), { code: 'forbidden' });
    await assert.rejects(bob.request('message.pin', { room, clientId: 'p1', target }), { code: 'forbidden' });
    await ada.request('message.redact', { room, clientId: 'd1', target, reason: 'off topic' });
    await assert.rejects(edit(bob, 'e2'), { code: 'unknown-target' });
    await assert.rejects(ada.request('message.redact', { room, clientId: 'd2', target }), { code: 'unknown-target' });
    const nothing = { user: bob.user, clientId: 'never' };
    await assert.rejects(ada.request('message.pin', { room, clientId: 'p1', target: nothing }), {
      code: 'unknown-target',
    });
    for (const table of ['part']) {
      const rows = await server.db.all<{ bytes: Uint8Array }>(`SELECT bytes FROM ${table}`);
      assert.equal(
        rows.some(({ bytes }) => Buffer.from(bytes).includes('new')),
        false,
      );
    }
  });

  it('gets each emoji of a person once, however often and from wherever it is sent', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    const phone = await server.resume(ada.token);
    await say(bob, room, 'm1');
    const target = { user: bob.user, clientId: 'm1' };
    const react = (who: TestClient, clientId: string, emoji: string) =>
      who.request('message.react', { room, clientId, target, emoji });
    const [one, two] = await Promise.all([react(ada, 'r1', '👋'), react(phone, 'r2', '👋')]);
    assert.deepEqual(one, two);
    await react(ada, 'r3', '🎉');
    await react(bob, 'r4', '👋');
    const reactions = async () => {
      const { entries } = await ada.request('history.page', { room, limit: 9, show: 'rows' });
      return entries.at(-1)?.reactions?.map(({ name, emoji, clientId }) => `${name} ${emoji} ${clientId}`);
    };
    const first = (await reactions())![0]!.slice(-2);
    assert.deepEqual(await reactions(), [`ada 👋 ${first}`, 'ada 🎉 r3', 'bob 👋 r4']);
    await ada.request('message.unreact', { room, clientId: 'u1', target: { user: ada.user, clientId: first } });
    assert.deepEqual(await reactions(), ['ada 🎉 r3', 'bob 👋 r4']);
    await react(ada, 'r5', '👋');
    assert.deepEqual(await reactions(), ['ada 🎉 r3', 'bob 👋 r4', 'ada 👋 r5']);
    const his = { user: bob.user, clientId: 'r4' };
    await ada.request('message.unreact', { room, clientId: 'u2', target: his });
    await assert.rejects(ada.request('message.unreact', { room, clientId: 'u3', target: his }), {
      code: 'unknown-target',
    });
  });

  it('is pinned once and unpinned once, however often and by whomever that is asked', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j1' });
    await ada.request('member.setRole', { room, user: bob.user, clientId: 'r1', role: 'moderator' });
    const target = { user: ada.user, clientId: 'm1' };
    await ada.request('message.send', { room, clientId: 'm1', body: { text: 'one' } });
    const ask = (who: TestClient, name: 'message.pin' | 'message.unpin', clientId: string) =>
      who.request(name, { room, clientId, target });
    const head = async () => (await ada.request('room.get', { room })).room.head.seq;
    await assert.rejects(ask(ada, 'message.unpin', 'u0'), { code: 'unknown-target' });
    for (const round of [1, 2]) {
      const seq = (await head()) + 1;
      const pinned = await Promise.all([ask(ada, 'message.pin', `p${round}`), ask(bob, 'message.pin', `p${round}`)]);
      pinned.push(await ask(bob, 'message.pin', `again${round}`));
      for (const reply of pinned) assert.deepEqual(reply, { ...pinned[0], seq });
      assert.equal((await ada.request('history.pins', { room })).entries.length, 1);
      const unpinned = await Promise.all([
        ask(bob, 'message.unpin', `u${round}`),
        ask(ada, 'message.unpin', `u${round}`),
      ]);
      unpinned.push(await ask(ada, 'message.unpin', `off${round}`));
      for (const reply of unpinned) assert.deepEqual(reply, { ...unpinned[0], seq: seq + 1 });
      assert.equal(await head(), seq + 1);
    }
    assert.deepEqual((await ada.request('history.pins', { room })).entries, []);
    await ask(ada, 'message.pin', 'p3');
    await ada.request('message.redact', { room, clientId: 'x1', target });
    await assert.rejects(ask(ada, 'message.pin', 'p4'), { code: 'unknown-target' });
  });

  it('waits for slow mode', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await ada.request('room.settings', { room, clientId: 's', slowModeMs: 10_000 });
    await say(bob, room, 'm1');
    await say(ada, room, 'a1');
    await say(ada, room, 'a2');
    const refused = await say(bob, room, 'm2').catch((error) => error);
    assert.deepEqual([refused.code, refused.detail.retryAfterMs], ['too-fast', 10_000]);
    await server.advance(10_000);
    await say(bob, room, 'm2');
  });

  it('counts as a mention for whom it names, not for its author', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    const nobody = `${'a'.repeat(16)}.${'a'.repeat(52)}`;
    await say(ada, room, 'm1', { mentions: [ada.user, bob.user, bob.user, nobody] });
    const { rooms } = await bob.request('sync.start', { rooms: {} });
    assert.deepEqual([rooms[0]?.unread, rooms[0]?.mentions], [1, 1]);
    assert.equal((await ada.request('sync.start', { rooms: {} })).rooms[0]?.mentions, 0);
  });
});
