import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TestClient, type TestServer, testServer } from '../testing.ts';

async function couple(server: TestServer) {
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j' });
  await server.advance(20);
  for (const client of [ada, bob]) client.events.length = 0;
  return { ada, bob, room };
}
const statuses = (client: TestClient): string[] =>
  client.events.flatMap((event) =>
    event.event === 'presence.changed'
      ? [`${event.payload.name} ${event.payload.status} ${event.payload.devices}`]
      : [],
  );

describe('typing', () => {
  it('is told to the room, with an end, by members who may speak', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await bob.request('typing.set', { room, typing: true });
    const { user, typing, expiresMs } = await ada.next('typing.changed');
    assert.deepEqual([user, typing, expiresMs > 0], [bob.user, true, true]);
    await bob.request('typing.set', { room, typing: false });
    assert.equal((await ada.next('typing.changed')).typing, false);
    const eve = await server.account('eve');
    await assert.rejects(eve.request('typing.set', { room, typing: true }), { code: 'not-a-member' });
    const guest = await server.guest('heron');
    await guest.request('room.join', { room, clientId: 'j' });
    await assert.rejects(guest.request('typing.set', { room, typing: true }), { code: 'not-a-member' });
    await ada.request('member.mute', { room, user: bob.user, clientId: 'u' });
    await assert.rejects(bob.request('typing.set', { room, typing: true }), { code: 'muted' });
    assert.deepEqual(await server.db.all("SELECT * FROM entry WHERE kind LIKE '%typing%'"), []);
  });
});

describe('presence', () => {
  it('is that of the most awake device, told when it changes', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    const present = async () =>
      Object.fromEntries(
        (await ada.request('presence.list', { room })).present.map(({ user, status, devices }) => [
          user === ada.user ? 'ada' : 'bob',
          `${status} ${devices}`,
        ]),
      );
    await bob.request('sync.start', { rooms: {} });
    assert.deepEqual(await present(), { ada: 'online 1', bob: 'online 1' });
    await bob.request('presence.set', { status: 'away' });
    const tab = await server.resume(bob.token);
    await tab.request('sync.start', { rooms: {} });
    assert.deepEqual((await present()).bob, 'online 1', 'one device with two connections');
    tab.link.close('done');
    await server.advance(0);
    bob.link.close('done');
    await server.advance(20);
    assert.deepEqual(statuses(ada), ['bob online 1', 'bob away 1', 'bob online 1', 'bob away 1', 'bob offline 0']);
    assert.deepEqual(await present(), { ada: 'online 1' });
  });

  it('ends with the session, and nobody outside the room hears of it', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    const eve = await server.account('eve');
    await eve.createRoom('elsewhere');
    await bob.request('sync.start', { rooms: {} });
    await bob.request('session.signOut', {});
    await server.advance(20);
    assert.deepEqual(statuses(ada), ['bob online 1', 'bob offline 0']);
    assert.deepEqual(statuses(eve), []);
    await assert.rejects(eve.request('presence.set', { status: 'offline' as 'away' }), { code: 'bad-request' });
    const { sync } = await ada.request('room.create', { alias: 'secret', joinRule: 'invite', clientId: 'c' });
    await assert.rejects(eve.request('presence.list', { room: sync.room.id }), { code: 'not-found' });
    await assert.rejects(eve.request('presence.list', { room }), { code: 'not-a-member' });
  });
});

describe('a marker', () => {
  it('is never beyond the end, moves back as well, and is the same on every device', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    for (let i = 0; i < 4; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text: 'x' } });
    const phone = await server.resume(bob.token);
    const set = async (seq: number) => {
      const { marker, unread } = await bob.request('marker.set', { room, seq });
      const told = await phone.next('marker.changed');
      assert.deepEqual([told.marker, told.unread], [marker, unread]);
      return [marker, unread];
    };
    assert.deepEqual(await set(Number.MAX_SAFE_INTEGER), [6, 0]);
    assert.deepEqual(await set(3), [3, 3]);
    assert.deepEqual(await set(0), [0, 4]);
    assert.deepEqual(await server.db.all('SELECT max(seq) AS seq FROM marker'), [{ seq: 6 }]);
    const eve = await server.account('eve');
    await assert.rejects(eve.request('marker.set', { room, seq: 1 }), { code: 'not-a-member' });
  });
});
