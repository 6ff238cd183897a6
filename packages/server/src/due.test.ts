import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { openSqliteInMemory } from './store/sqlite.ts';
import { testServer } from './testing.ts';

let drawn = 0;
const clientId = (): string => `c${++drawn}`;

describe('timed endings', () => {
  it('come in order, each at its time, also many at once', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('ops');
    const users: string[] = [];
    for (const name of ['bob', 'cleo', 'dan']) {
      const client = await server.account(name);
      await client.request('room.join', { room, clientId: clientId() });
      users.push(client.user);
    }
    const [bob, cleo, dan] = users as [string, string, string];
    const mute = (user: string, durationMs: number) =>
      ada.request('member.mute', { room, user, clientId: clientId(), durationMs });
    await mute(bob, 3_000);
    await mute(cleo, 1_000);
    await ada.request('member.ban', { room, user: dan, clientId: clientId(), durationMs: 2_000 });
    await mute(bob, 4_000);
    ada.events.length = 0;
    const endings = () =>
      ada.events.flatMap((event) =>
        event.event === 'entry.appended' && event.payload.clerk
          ? [`${event.payload.subjectName} ${event.payload.kind}`]
          : [],
      );
    await server.advance(999);
    assert.deepEqual(endings(), []);
    await server.advance(1);
    assert.deepEqual(endings(), ['cleo unmute']);
    await server.advance(3_000);
    await server.advance(20);
    assert.deepEqual(endings(), ['cleo unmute', 'dan member', 'bob unmute']);
    await server.advance(99_000_000);
    assert.equal(endings().length, 3);
  });

  it('are taken up after a restart, those that are overdue at once', async () => {
    const first = await testServer();
    const ada = await first.account('ada');
    const bob = await first.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: clientId() });
    await ada.request('member.mute', { room, user: bob.user, clientId: clientId(), durationMs: 60_000 });
    const image = first.image();
    await first.close();
    const runtime = createVirtualRuntime(2);
    runtime.setNow(runtime.now() + 3_600_000);
    await using second = await testServer({ db: openSqliteInMemory(image), runtime });
    await second.advance(1);
    const back = await second.resume(bob.token);
    await back.request('message.send', { room, clientId: clientId(), body: { text: 'free' } });
  });

  it('are not late when the room was pushed out of memory', async () => {
    await using server = await testServer({ loadedRooms: 1 });
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: clientId() });
    await ada.request('member.mute', { room, user: bob.user, clientId: clientId(), durationMs: 5_000 });
    await ada.createRoom('other');
    await server.advance(5_000);
    await bob.request('message.send', { room, clientId: clientId(), body: { text: 'free' } });
  });

  it('that were lifted before do not come', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const bob = await server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: clientId() });
    await ada.request('member.mute', { room, user: bob.user, clientId: clientId(), durationMs: 5_000 });
    await ada.request('member.unmute', { room, user: bob.user, clientId: clientId() });
    const { seq } = (await ada.request('room.get', { room })).room.head;
    await server.advance(60_000);
    assert.equal((await ada.request('room.get', { room })).room.head.seq, seq);
    assert.deepEqual(await server.db.all('SELECT * FROM due'), []);
  });
});
