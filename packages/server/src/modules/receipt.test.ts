import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits } from '@parley/protocol';
import { type TestClient, type TestServer, testServer } from '../testing.ts';

const hidden = { typing: false, presence: false, receipts: false };
const told = { typing: true, presence: true, receipts: true };

async function couple(server: TestServer) {
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  for (const client of [ada, bob]) await client.request('sync.start', { rooms: {} });
  const room = await ada.createRoom('ops');
  await bob.request('room.join', { room, clientId: 'j' });
  for (let i = 0; i < 4; i++) await ada.request('message.send', { room, clientId: `m${i}`, body: { text: 'x' } });
  await server.advance(1_000);
  for (const client of [ada, bob]) client.events.length = 0;
  return { ada, bob, room };
}

const receipts = ({ events }: TestClient): string[][] =>
  events.flatMap(({ event, payload }) =>
    event === 'receipt.changed' ? [payload.readers.map(({ name, seq }) => `${name} ${seq}`)] : [],
  );
const readers = async (client: TestClient, room: string): Promise<string[]> => {
  const { readers } = await client.request('receipt.list', { room });
  return readers.map(({ name, seq }) => `${name} ${seq}`).sort();
};

describe('receipts', () => {
  it('are where the markers stand, told to the room and to who asks, and stored nowhere else', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await bob.request('marker.set', { room, seq: 4 });
    await server.advance(1_000);
    assert.deepEqual(receipts(ada), [['bob 4']]);
    assert.deepEqual(await readers(ada, room), ['ada 6', 'bob 4']);
    await bob.request('marker.set', { room, seq: 3 });
    await server.advance(1_000);
    assert.deepEqual(receipts(ada).slice(1), [['bob 3']], 'what is marked as unread');
    const tables = await server.db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE '%receipt%'");
    assert.deepEqual(tables, []);
  });

  it('of a room are told together, a moment apart, however often its markers move', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    for (const seq of [2, 3, 4]) {
      await bob.request('marker.set', { room, seq });
      await ada.request('marker.set', { room, seq });
    }
    assert.deepEqual(receipts(ada), []);
    await server.advance(1_000);
    assert.deepEqual(receipts(ada), [['bob 4', 'ada 4']]);
  });

  it('are of members who may speak, and for those who may read', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await ada.request('member.mute', { room, user: bob.user, clientId: 'u' });
    const guest = await server.guest('heron');
    await guest.request('room.join', { room, clientId: 'j' });
    await bob.request('marker.set', { room, seq: 6 });
    await guest.request('marker.set', { room, seq: 6 });
    await server.advance(1_000);
    assert.deepEqual(receipts(ada), []);
    assert.deepEqual(await readers(ada, room), ['ada 6']);
    await ada.request('member.unmute', { room, user: bob.user, clientId: 'v' });
    await ada.request('member.kick', { room, user: bob.user, clientId: 'k' });
    assert.deepEqual(await readers(ada, room), ['ada 6']);
    await assert.rejects(bob.request('receipt.list', { room }), { code: 'not-a-member' });
  });

  it('are told in rooms of a hundred members, and in none that is larger', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    for (let i = 2; i <= limits.receiptMembers; i++) {
      if (i === limits.receiptMembers) {
        await bob.request('marker.set', { room, seq: 5 });
        await server.advance(1_000);
        assert.deepEqual(receipts(ada), [['bob 5']]);
        assert.equal((await readers(ada, room)).length, limits.receiptMembers);
      }
      const other = await server.account(`p${i}`);
      await other.request('room.join', { room, clientId: 'j' });
      other.link.close('done');
    }
    await bob.request('marker.set', { room, seq: 6 });
    await server.advance(1_000);
    assert.deepEqual(receipts(ada), [['bob 5']]);
    assert.deepEqual(await readers(ada, room), []);
  });
});

describe('privacy', () => {
  it('tells everything until it is set, keeps what is set over sign-ins, and is the same on every device', async () => {
    await using server = await testServer();
    const { bob } = await couple(server);
    assert.deepEqual(await bob.request('privacy.get', {}), told);
    const phone = await server.resume(bob.token);
    assert.deepEqual(await bob.request('privacy.set', { ...told, typing: false }), { ...told, typing: false });
    assert.deepEqual(await phone.next('privacy.changed'), { ...told, typing: false });
    assert.deepEqual(await phone.request('privacy.get', {}), { ...told, typing: false });
    const laptop = await (await server.connect()).signedIn('session.signIn', {
      name: 'bob',
      password: 'correct horse',
      device: 'laptop',
    });
    assert.deepEqual(await laptop.request('privacy.get', {}), { ...told, typing: false });
    const guest = await server.guest('heron');
    await assert.rejects(guest.request('privacy.get', {}), { code: 'guests-refused' });
  });

  it('keeps typing, presence and receipts back, and takes back what was told', async () => {
    await using server = await testServer();
    const { ada, bob, room } = await couple(server);
    await bob.request('marker.set', { room, seq: 5 });
    await server.advance(1_000);
    ada.events.length = 0;
    await bob.request('privacy.set', hidden);
    await server.advance(1_000);
    assert.deepEqual(receipts(ada), [['bob 0']]);
    assert.equal((await ada.next('presence.changed')).status, 'offline');
    ada.events.length = 0;
    await bob.request('typing.set', { room, typing: true });
    await bob.request('presence.set', { status: 'away' });
    await bob.request('marker.set', { room, seq: 6 });
    const phone = await server.resume(bob.token);
    await phone.request('sync.start', { rooms: {} });
    phone.link.close('done');
    await server.advance(1_000);
    assert.deepEqual(ada.events, []);
    assert.deepEqual(await readers(ada, room), ['ada 6']);
    const { present } = await ada.request('presence.list', { room });
    assert.deepEqual(
      present.map(({ user }) => user),
      [ada.user],
    );
    const { members } = await ada.request('member.list', { room, limit: 10 });
    assert.equal(members.find(({ person }) => person.id === bob.user)?.status, 'offline');
    await bob.request('privacy.set', told);
    await server.advance(1_000);
    assert.equal((await ada.next('presence.changed')).status, 'away');
    assert.deepEqual(await readers(ada, room), ['ada 6', 'bob 6']);
  });

  it('ends with the account', async () => {
    await using server = await testServer();
    const { bob } = await couple(server);
    await bob.request('privacy.set', hidden);
    assert.equal((await server.db.all('SELECT * FROM privacy')).length, 1);
    await bob.request('account.erase', { password: 'correct horse', confirm: true });
    assert.deepEqual(await server.db.all('SELECT * FROM privacy'), []);
  });
});
