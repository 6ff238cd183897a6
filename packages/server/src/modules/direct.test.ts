import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RoomView } from '@parley/protocol';
import { openSqliteInMemory } from '../main.ts';
import { type TestClient, testServer } from '../testing.ts';

const open = (who: TestClient, { user }: { user: string }): Promise<RoomView> =>
  who.request('direct.open', { user }).then(({ sync }) => sync.room);
const join = (who: TestClient, room: string) => who.request('room.join', { room, clientId: `j:${room}` });
const leave = (who: TestClient, room: string, clientId: string) => who.request('room.leave', { room, clientId });
const say = (who: TestClient, room: string, text: string) =>
  who.request('message.send', { room, clientId: `m:${text.replaceAll(' ', '-')}`, body: { text } });
const view = async (who: TestClient, room: string) => (await who.request('room.get', { room })).room;

async function pair(server: Awaited<ReturnType<typeof testServer>>) {
  const ada = await server.account('ada');
  const bob = await server.account('bob');
  for (const client of [ada, bob]) await client.request('sync.start', { rooms: {} });
  return { ada, bob };
}

describe('a direct conversation', () => {
  it('is made once, is named by the other person and is in no list', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const room = await open(ada, bob);
    assert.equal(room.direct?.person.id, bob.user);
    assert.deepEqual(
      [room.title, room.alias, room.listed, room.joinRule, room.history],
      ['bob', undefined, false, 'invite', 'all'],
    );
    assert.deepEqual([room.direct?.membership, room.me], ['invited', { membership: 'member', role: 'owner' }]);
    assert.equal((await open(ada, bob)).id, room.id);
    const many = await Promise.all([open(ada, bob), open(ada, bob), open(ada, bob)]);
    assert.deepEqual(new Set(many.map(({ id }) => id)), new Set([room.id]));
    assert.deepEqual((await ada.request('room.list', { limit: 10 })).rooms, []);
    const eve = await server.account('eve');
    await assert.rejects(view(eve, room.id), { code: 'not-found' });
    await assert.rejects(join(eve, room.id), { code: 'not-found' });
    await assert.rejects(ada.request('member.invite', { room: room.id, user: eve.user, clientId: 'i' }), {
      code: 'forbidden',
    });
    await assert.rejects(ada.request('room.settings', { room: room.id, clientId: 's', alias: 'ours' }), {
      code: 'forbidden',
    });
  });

  it('asked for twice at once is one', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const rooms = await Promise.all([open(ada, bob), open(ada, bob), open(ada, bob)]);
    assert.equal(new Set(rooms.map(({ id }) => id)).size, 1);
    assert.equal((await server.db.all('SELECT room FROM direct')).length, 1);
  });

  it('is a request first: who is asked reads nothing before they accept', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    await say(ada, id, 'hello');
    const { room } = await bob.next('room.invited', ({ room }) => room.id === id);
    assert.deepEqual([room.title, room.direct?.person.id, room.direct?.membership], ['ada', ada.user, 'member']);
    assert.equal(room.me.invitedBy, ada.user);
    await assert.rejects(bob.request('history.page', { room: id, limit: 10, show: 'rows' }), { code: 'not-a-member' });
    assert.deepEqual(
      bob.events.filter(({ event }) => event === 'entry.appended'),
      [],
    );
    const { sync } = await join(bob, id);
    assert.deepEqual(
      sync.entries.filter(({ kind }) => kind === 'message').map(({ body }) => body),
      [{ text: 'hello' }],
    );
    assert.equal(sync.room.me.role, 'owner');
    const { room: told } = await ada.next('room.changed', ({ room }) => room.direct?.membership === 'member');
    assert.equal(told.id, id);
    assert.equal((await open(bob, ada)).id, id);
  });

  it('that somebody declines or leaves says so to the other, who may ask again', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    await leave(bob, id, 'no');
    await ada.next('room.changed', ({ room }) => room.direct?.membership === 'none');
    const again = await open(ada, bob);
    assert.deepEqual([again.id, again.direct?.membership], [id, 'invited']);
    await join(bob, id);
    await leave(bob, id, 'bye');
    assert.equal((await view(ada, id)).direct?.membership, 'none');
    assert.equal((await open(bob, ada)).id, id, 'they come back by themselves');
    assert.equal((await view(ada, id)).direct?.membership, 'member');
    await leave(bob, id, 'bye-2');
    await leave(ada, id, 'bye-3');
    const fresh = await open(bob, ada);
    assert.notEqual(fresh.id, id, 'nobody is left in the first one');
    assert.equal(fresh.direct?.membership, 'invited');
  });

  it('that its maker leaves before it was accepted asks nobody any more', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    await bob.next('room.invited', ({ room }) => room.id === id);
    await leave(ada, id, 'never');
    await bob.next('room.removed', ({ room, how }) => room === id && how === 'revoked');
    assert.deepEqual((await bob.request('sync.start', { rooms: {} })).invitations, []);
    await assert.rejects(join(bob, id), { code: 'not-invited' });
  });

  it('opened by who was asked accepts', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    const room = await open(bob, ada);
    assert.deepEqual([room.id, room.me.membership, room.direct?.membership], [id, 'member', 'member']);
    const both = await Promise.all([open(ada, bob), open(bob, ada)]);
    assert.deepEqual(
      both.map((each) => each.id),
      [id, id],
    );
  });

  it('that both begin at once is that with the lower id for both', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const [one, two] = await Promise.all([open(ada, bob), open(bob, ada)]);
    for (const client of [ada, bob]) await client.request('session.ping', {});
    const lower = [one.id, two.id].sort()[0];
    assert.deepEqual([(await open(ada, bob)).id, (await open(bob, ada)).id], [lower, lower]);
    for (const client of [ada, bob]) {
      const { rooms, invitations } = await client.request('sync.start', { rooms: {} });
      assert.deepEqual([rooms.map(({ room }) => room.id), invitations], [[lower], []]);
      assert.equal(rooms[0]!.room.direct?.membership, 'member');
    }
  });

  it('is begun anew as often as both leave it, and nothing is kept of those before', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const seen = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const { id } = await open(ada, bob);
      seen.add(id);
      await join(bob, id);
      for (const who of [ada, bob]) await leave(who, id, `bye-${who.user.slice(0, 6)}`);
    }
    assert.equal(seen.size, 4);
    assert.deepEqual(await server.db.all('SELECT room FROM direct'), []);
  });

  it('asks for nobody whose account is at its end', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    await bob.next('room.invited', ({ room }) => room.id === id);
    await ada.request('account.erase', { password: 'correct horse', confirm: true });
    await bob.settle();
    assert.deepEqual((await bob.request('sync.start', { rooms: {} })).invitations, []);
    await assert.rejects(open(bob, ada), { code: 'unknown-target' });
  });

  it('is not for guests, not with guests, and not with oneself or nobody', async () => {
    await using server = await testServer();
    const { ada } = await pair(server);
    const guest = await server.guest('heron');
    await assert.rejects(open(guest, ada), { code: 'guests-refused' });
    for (const user of [guest.user, ada.user, `${'a'.repeat(16)}.${'b'.repeat(51)}a`])
      await assert.rejects(open(ada, { user }), { code: 'unknown-target' });
  });

  it('stays what it is over a restart', async () => {
    await using server = await testServer();
    const { ada, bob } = await pair(server);
    const { id } = await open(ada, bob);
    await join(bob, id);
    await using again = await testServer({ db: openSqliteInMemory(server.image()) });
    const [one, two] = [await again.resume(ada.token), await again.resume(bob.token)];
    assert.equal((await open(one, bob)).id, id);
    assert.equal((await open(two, ada)).direct?.membership, 'member');
  });
});
