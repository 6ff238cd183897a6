import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RawEntry } from '@parley/protocol';
import { type TestClient, type TestServer, testServer } from './testing.ts';

const dayMs = 86_400_000;
const say = (who: TestClient, room: string, clientId: string, text: string) =>
  who.request('message.send', { room, clientId, body: { text } });
const finds = (server: TestServer, text: string): boolean => Buffer.from(server.image()).includes(text);
const rows = async (who: TestClient, room: string): Promise<RawEntry[]> =>
  (await who.request('history.page', { room, limit: 100, show: 'rows' })).entries;

describe('a room that keeps nothing', () => {
  it('has no word of it in any table, and readers hear everything', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const { sync } = await ada.request('room.create', {
      alias: 'ops',
      topic: 'the topic stays',
      retentionDays: 0,
      clientId: 'c',
    });
    const room = sync.room.id;
    await bob.request('room.join', { room, clientId: 'j' });
    await say(ada, room, 'm1', 'unheard-of words');
    const target = { user: ada.user, clientId: 'm1' };
    await ada.request('message.edit', { room, clientId: 'e1', target, body: { text: 'unheard-of edit' } });
    await bob.request('message.react', { room, clientId: 'r1', target, emoji: 'unheard-of-emoji' });
    await bob.request('message.send', {
      room,
      clientId: 'm2',
      body: { text: 'unheard-of reply', replyTo: target, mentions: [ada.user] },
    });
    await ada.request('message.redact', { room, clientId: 'd1', target, reason: 'unheard-of reason' });
    await ada.request('member.kick', { room, user: bob.user, clientId: 'k1', reason: 'unheard-of cause' });
    assert.equal(finds(server, 'unheard-of'), false);
    assert.equal(finds(server, 'the topic stays'), true);
    const heard = bob.events.flatMap((event) =>
      event.event === 'entry.appended' ? [JSON.stringify(event.payload.body)] : [],
    );
    for (const words of ['words', 'edit', 'emoji', 'reply', 'reason', 'cause'])
      assert.ok(
        heard.some((body) => body?.includes(`unheard-of${words === 'emoji' ? '-' : ' '}${words}`)),
        words,
      );
    const { rooms } = await ada.request('sync.start', { rooms: {} });
    assert.deepEqual([rooms[0]?.unread, rooms[0]?.mentions], [1, 1], 'what was said counts, though it is gone');
  });

  it('shows that something was said, and lets it be edited, answered and deleted', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const { sync } = await ada.request('room.create', { alias: 'ops', retentionDays: 0, clientId: 'c' });
    const room = sync.room.id;
    await say(ada, room, 'm1', 'x');
    const target = { user: ada.user, clientId: 'm1' };
    await ada.request('message.edit', { room, clientId: 'e1', target, body: { text: 'y' } });
    await ada.request('message.react', { room, clientId: 'r1', target, emoji: 'z' });
    await ada.request('message.pin', { room, clientId: 'p1', target });
    const message = (await rows(ada, room)).find(({ clientId }) => clientId === 'm1');
    assert.deepEqual([message?.body, message?.edited?.body, message?.pinned], [null, null, true]);
    await ada.request('message.unreact', { room, clientId: 'u1', target: { user: ada.user, clientId: 'r1' } });
    await ada.request('message.redact', { room, clientId: 'd1', target });
    await assert.rejects(ada.request('message.edit', { room, clientId: 'e2', target, body: { text: 'y' } }), {
      code: 'unknown-target',
    });
    assert.equal((await say(ada, room, 'm1', 'x')).outcome, 'entry', 'a resend is still known');
  });

  it('forgets at once what it kept before', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    await ada.request('room.settings', { room, clientId: 's0', topic: 'an old topic' });
    await ada.request('room.settings', { room, clientId: 's1', topic: 'the present topic' });
    await say(ada, room, 'm1', 'unheard-of words');
    await server.advance(1);
    await ada.request('room.settings', { room, clientId: 's2', retentionDays: 0 });
    await server.advance(0);
    assert.equal(finds(server, 'unheard-of'), false);
    assert.equal(finds(server, 'an old topic'), false);
    assert.equal((await ada.request('room.get', { room })).room.topic, 'the present topic');
    await ada.request('room.settings', { room, clientId: 's3', retentionDays: null });
    await say(ada, room, 'm2', 'kept again');
    assert.equal(finds(server, 'kept again'), true);
  });
});

describe('a room that keeps days', () => {
  it('loses its words when they are over, and its log still verifies', async () => {
    await using server = await testServer();
    const ada = await server.owner('ada');
    const room = await ada.createRoom('ops');
    await ada.request('room.settings', { room, clientId: 's', retentionDays: 3, topic: 'the topic stays' });
    await say(ada, room, 'm1', 'words of the first day');
    await server.advance(2 * dayMs);
    await say(ada, room, 'm2', 'words of the third day');
    await server.advance(dayMs - 3_600_000);
    assert.equal(finds(server, 'words of the first day'), true);
    await server.advance(2 * 3_600_000);
    assert.equal(finds(server, 'words of the first day'), false);
    assert.equal(finds(server, 'words of the third day'), true);
    const [first, second] = (await rows(ada, room)).filter(({ kind }) => kind === 'message');
    assert.deepEqual([first?.body, second?.body], [null, { text: 'words of the third day' }]);
    await server.advance(3 * dayMs);
    assert.equal(finds(server, 'words of the third day'), false);
    assert.equal(finds(server, 'the topic stays'), true);
    const { lines, checkpoint } = await ada.request('archive.read', { room, after: 0, limit: 100 });
    const { result } = await ada.request('archive.write', { room, lines, checkpoint: checkpoint! });
    assert.equal(result, 'identical');
  });

  it('forgets old lines that are imported later', async () => {
    await using server = await testServer();
    const ada = await server.owner('ada');
    const room = await ada.createRoom('ops');
    await ada.request('room.settings', { room, clientId: 's', retentionDays: 3 });
    await server.advance(3_600_000);
    const line = { clientId: 'l1', at: 1_000, author: 'bob', kind: 'message', text: 'words of long ago' } as const;
    await ada.request('archive.append', { room, lines: [line] });
    await server.advance(0);
    assert.equal(finds(server, 'words of long ago'), false);
  });

  it('and one that keeps for ever do not mix', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const [days, ever] = [await ada.createRoom('days'), await ada.createRoom('ever')];
    await ada.request('room.settings', { room: days, clientId: 's', retentionDays: 1 });
    await say(ada, days, 'm', 'for a day');
    await say(ada, ever, 'm', 'for ever');
    await server.advance(2 * dayMs);
    assert.deepEqual([finds(server, 'for a day'), finds(server, 'for ever')], [false, true]);
  });
});
