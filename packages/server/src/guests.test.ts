import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVirtualRuntime } from './runtime-virtual.ts';
import { openSqliteInMemory } from './store/sqlite.ts';
import { type TestClient, type TestServer, testServer } from './testing.ts';

const people = (server: TestServer) => server.db.all<{ name: string }>('SELECT name FROM person ORDER BY name');
const say = (who: TestClient, room: string, clientId: string, text = clientId) =>
  who.request('message.send', { room, clientId, body: { text } });

async function lobby(server: TestServer) {
  const ada = await server.account('ada');
  const room = await ada.createRoom('lobby');
  const guest = await server.guest('heron');
  await guest.request('room.join', { room, clientId: 'j' });
  return { ada, room, guest };
}

describe('a guest', () => {
  it('has no row until the first words, and a name that nobody else has', async () => {
    await using server = await testServer();
    const { guest, room } = await lobby(server);
    assert.deepEqual(await people(server), [{ name: 'ada' }]);
    await assert.rejects(server.guest('heron'), { code: 'name-taken' });
    await assert.rejects(server.account('heron'), { code: 'name-taken' });
    await assert.rejects(server.guest('ada'), { code: 'name-taken' });
    const client = await server.connect();
    const unnamed = await client.request('account.guest', { device: 'x' });
    assert.match(unnamed.name, /^guest-\d{4}$/);
    await say(guest, room, 'm1');
    assert.deepEqual(await people(server), [{ name: 'ada' }, { name: 'heron' }]);
  });

  it('speaks several times at once, in order, and joins once', async () => {
    await using server = await testServer();
    const { guest, room, ada } = await lobby(server);
    const ids = ['m1', 'm2', 'm3', 'm4'];
    await Promise.all(ids.map((id) => say(guest, room, id)));
    const { entries } = await ada.request('history.page', { room, limit: 20, show: 'everything' });
    assert.deepEqual(
      entries.slice(1).map(({ kind, clientId }) => `${kind} ${kind === 'member' ? '' : clientId}`),
      ['member ', ...ids.map((id) => `message ${id}`)],
    );
  });

  it('may speak under a clientId of any length', async () => {
    await using server = await testServer();
    const { guest, room, ada } = await lobby(server);
    await say(guest, room, 'x'.repeat(64));
    const { entries } = await ada.request('history.page', { room, limit: 20, show: 'rows' });
    assert.equal(entries.at(-1)?.clientId.length, 64);
  });

  it('goes on with the same token after a restart once they spoke, and not before', async () => {
    const first = await testServer();
    const { guest, room } = await lobby(first);
    const silent = await first.guest('egret');
    await say(guest, room, 'm1');
    const image = first.image();
    await first.close();
    await using second = await testServer({ db: openSqliteInMemory(image), runtime: createVirtualRuntime(2) });
    const back = await second.resume(guest.token);
    assert.equal(back.user, guest.user);
    await say(back, room, 'm2');
    assert.equal((await back.request('session.list', {})).sessions.length, 1);
    await assert.rejects(second.resume(silent.token), { code: 'session-ended' });
  });

  it('resumes on another connection before speaking, and both see what comes of it', async () => {
    await using server = await testServer();
    const { guest, room } = await lobby(server);
    const tab = await server.resume(guest.token);
    const { rooms } = await tab.request('sync.start', { rooms: {} });
    assert.deepEqual(rooms, [], 'watching is of the connection');
    await tab.request('room.join', { room, clientId: 'j' });
    await say(tab, room, 'm1');
    assert.equal((await guest.next('room.added')).sync.room.me.membership, 'member');
    assert.equal((await guest.next('entry.appended', ({ kind }) => kind === 'message')).clientId, 'm1');
  });

  it('is gone with the token after signing out, and the name is free', async () => {
    await using server = await testServer();
    const guest = await server.guest('heron');
    assert.equal((await guest.request('session.list', {})).sessions[0]?.current, true);
    await guest.request('session.signOut', {});
    await assert.rejects(server.resume(guest.token), { code: 'session-ended' });
    await server.account('heron');
  });

  it('gets another name when theirs was taken before the first words', async () => {
    await using server = await testServer();
    const { guest, room, ada } = await lobby(server);
    await server.advance(86_400_001);
    await server.account('heron');
    await say(guest, room, 'm1');
    const entry = await ada.next('entry.appended', ({ kind }) => kind === 'message');
    assert.match(entry.name, /^heron-[a-z2-7]{7}$/);
  });

  it('may not do what accounts do', async () => {
    await using server = await testServer();
    const { guest, room, ada } = await lobby(server);
    await say(guest, room, 'm1');
    const target = { user: ada.user, clientId: 'x' };
    const refused = { code: 'guests-refused' };
    await assert.rejects(guest.request('room.create', { alias: 'mine', clientId: 'c' }), refused);
    await assert.rejects(guest.request('member.invite', { room, user: ada.user, clientId: 'c' }), refused);
    await assert.rejects(guest.request('message.pin', { room, clientId: 'c', target }), refused);
    await assert.rejects(guest.request('account.setProfile', { display: 'Ada' }), refused);
    await assert.rejects(guest.request('user.find', { prefix: 'a' }), refused);
    await assert.rejects(ada.request('member.setRole', { room, user: guest.user, clientId: 'c', role: 'admin' }), {
      code: 'forbidden',
    });
  });

  it('is refused where the server takes none', async () => {
    await using server = await testServer({ guests: false });
    await assert.rejects(server.guest('heron'), { code: 'guests-refused' });
  });

  it('does not enter a room that is not public', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const { sync } = await ada.request('room.create', { alias: 'ops', joinRule: 'invite', clientId: 'c' });
    const knock = await ada.request('room.create', { alias: 'knock', joinRule: 'knock', clientId: 'k' });
    const guest = await server.guest('heron');
    await assert.rejects(guest.request('room.join', { room: sync.room.id, clientId: 'j' }), { code: 'not-found' });
    await assert.rejects(guest.request('room.join', { room: knock.sync.room.id, clientId: 'j' }), {
      code: 'not-invited',
    });
  });

  it('who only watches can be banned, and is sent away', async () => {
    await using server = await testServer();
    const { guest, room, ada } = await lobby(server);
    await ada.request('member.ban', { room, user: guest.user, clientId: 'b' });
    assert.equal((await guest.next('room.removed')).how, 'banned');
    await assert.rejects(guest.request('room.join', { room, clientId: 'j2' }), { code: 'banned' });
    await assert.rejects(say(guest, room, 'm1'), { code: 'not-a-member' });
    const { banned } = await ada.request('member.banned', { room });
    assert.equal(banned[0]?.person.name, 'heron');
  });

  it('sees nothing unread, and a marker of theirs is kept nowhere', async () => {
    await using server = await testServer();
    const ada = await server.account('ada');
    const room = await ada.createRoom('lobby');
    for (const id of ['m1', 'm2', 'm3']) await say(ada, room, id);
    const guest = await server.guest('heron');
    const { sync } = await guest.request('room.join', { room, clientId: 'j' });
    assert.deepEqual([sync.marker, sync.unread, sync.entries.length], [4, 0, 4]);
    assert.equal((await guest.request('marker.set', { room, seq: 2 })).unread, 0);
  });
});
