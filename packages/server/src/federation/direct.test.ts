import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFederationFrame, type ForeignRoom, type RoomView } from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import type { TestClient } from '../testing.ts';
import { heard, TestHomes } from './testing-homes.ts';

/** Ada is at one, bob at two, which dials it; each has heard of the other. */
async function scene(homes: TestHomes) {
  const one = await homes.home(1);
  const two = await homes.home(2, [1]);
  const ada = await one.server.account('ada');
  const bob = await two.server.account('bob');
  for (const client of [ada, bob]) await client.request('sync.start', { rooms: {} });
  await ada.request('user.find', { prefix: 'bob', server: two.name });
  await bob.request('user.find', { prefix: 'ada', server: one.name });
  return {
    ...{ one, two, ada, bob },
    part: async () => {
      homes.cut.add('s1>s2').add('s2>s1');
      await homes.advance(60_000, 5_000);
    },
    join: async () => {
      homes.cut.clear();
      await homes.advance(400_000, 5_000);
    },
  };
}

const open = (who: TestClient, { user }: { user: string }): Promise<RoomView> =>
  who.request('direct.open', { user }).then(({ sync }) => sync.room);
const accept = (who: TestClient, room: string) => who.request('room.join', { room, clientId: `j:${room.slice(0, 9)}` });
const say = (who: TestClient, room: string, text: string) =>
  who.request('message.send', { room, clientId: `m:${text.replaceAll(' ', '-')}`, body: { text } });
const held = async (who: TestClient) => {
  const { rooms, invitations } = await who.request('sync.start', { rooms: {} });
  return {
    rooms: rooms.map(({ room }) => `${room.id} ${room.title} ${room.direct?.membership}`),
    asked: invitations.map(({ id, title, direct }) => `${id} ${title} ${direct?.person.name}`),
  };
};

describe('a direct conversation across servers', () => {
  it('is a request, then a room of both, whose words go both ways', async () => {
    await using homes = new TestHomes();
    const { one, ada, bob } = await scene(homes);
    const room = await open(ada, bob);
    assert.deepEqual([room.title, room.direct?.person.id, room.direct?.membership], ['bob', bob.user, 'invited']);
    await say(ada, room.id, 'hello');
    await homes.settled();
    const { room: asked } = await bob.next('room.invited', ({ room: { id } }) => id === room.id);
    assert.deepEqual(
      [asked.title, asked.direct?.person.id, asked.listed, asked.server],
      ['ada', ada.user, false, one.id],
    );
    assert.deepEqual(heard(bob), []);
    assert.deepEqual(await held(bob), { rooms: [], asked: [`${room.id} ada ada`] });
    const { sync } = await accept(bob, room.id);
    assert.deepEqual([sync.room.title, sync.room.direct?.person.id, sync.room.me.role], ['ada', ada.user, 'owner']);
    await homes.settled();
    await say(bob, room.id, 'and to you');
    await homes.settled();
    assert.deepEqual(heard(ada).slice(-1), ['and to you']);
    await ada.next('room.changed', ({ room: { direct } }) => direct?.membership === 'member');
    assert.equal((await open(bob, ada)).id, room.id);
    const cem = await one.server.account('cem');
    await assert.rejects(bob.request('room.settings', { room: room.id, clientId: 's', title: 'ours' }), {
      code: 'forbidden',
    });
    await assert.rejects(ada.request('member.invite', { room: room.id, user: cem.user, clientId: 'i' }), {
      code: 'forbidden',
    });
  });

  it('opened by who is asked accepts; declined it may be asked for again', async () => {
    await using homes = new TestHomes();
    const { ada, bob } = await scene(homes);
    const { id } = await open(ada, bob);
    await homes.settled();
    await bob.request('room.leave', { room: id, clientId: 'no' });
    await homes.settled();
    assert.deepEqual(await held(ada), { rooms: [`${id} bob none`], asked: [] });
    assert.equal((await open(ada, bob)).id, id);
    await homes.settled();
    assert.equal((await open(bob, ada)).id, id);
    await homes.settled();
    assert.deepEqual(await held(ada), { rooms: [`${id} bob member`], asked: [] });
    assert.deepEqual(await held(bob), { rooms: [`${id} ada member`], asked: [] });
  });

  it('that somebody left is the same when they open it again, and a new one when both have gone', async () => {
    await using homes = new TestHomes();
    const { ada, bob } = await scene(homes);
    const { id } = await open(ada, bob);
    await homes.settled();
    await accept(bob, id);
    await homes.settled();
    for (const [who, other] of [
      [bob, ada],
      [ada, bob],
    ] as const) {
      await who.request('room.leave', { room: id, clientId: 'bye' });
      await homes.settled();
      assert.equal((await open(who, other)).id, id);
      await homes.settled();
      assert.deepEqual((await held(other)).rooms.length, 1);
    }
    for (const who of [ada, bob]) {
      await who.request('room.leave', { room: id, clientId: 'bye-2' });
      await homes.settled();
    }
    assert.notEqual((await open(bob, ada)).id, id);
    await homes.settled();
    assert.equal((await held(ada)).asked.length, 1);
  });

  it('begun by both while they are apart is the one with the lower id', async () => {
    await using homes = new TestHomes();
    const { ada, bob, part, join } = await scene(homes);
    await part();
    const [one, two] = [await open(ada, bob), await open(bob, ada)];
    assert.notEqual(one.id, two.id);
    await join();
    const lower = [one.id, two.id].sort()[0];
    for (const [who, other, name] of [
      [ada, bob, 'bob'],
      [bob, ada, 'ada'],
    ] as const) {
      assert.equal((await open(who, other)).id, lower);
      assert.deepEqual(await held(who), { rooms: [`${lower} ${name} member`], asked: [] });
    }
  });

  it('begun by both keeps what was said in the other room, as a request', async () => {
    await using homes = new TestHomes();
    const { ada, bob, part, join } = await scene(homes);
    await part();
    const rooms = [
      { who: ada, room: await open(ada, bob) },
      { who: bob, room: await open(bob, ada) },
    ].sort((a, b) => (a.room.id < b.room.id ? -1 : 1));
    const [lower, higher] = rooms as [(typeof rooms)[0], (typeof rooms)[0]];
    await say(higher.who, higher.room.id, 'unheard');
    await join();
    assert.equal((await held(higher.who)).rooms.length, 2);
    assert.equal((await open(higher.who, lower.who)).id, lower.room.id);
    assert.deepEqual((await held(lower.who)).asked.length, 1);
    const { sync } = await accept(lower.who, higher.room.id);
    assert.equal(sync.room.id, higher.room.id);
    await homes.settled();
    for (const { who } of rooms) assert.equal((await open(who, who === ada ? bob : ada)).id, lower.room.id);
  });

  it('waits for a server that is away', async () => {
    await using homes = new TestHomes();
    const { ada, bob, part, join } = await scene(homes);
    await part();
    const room = await open(ada, bob);
    await say(ada, room.id, 'are you there');
    assert.equal(room.direct?.membership, 'invited');
    assert.deepEqual((await held(bob)).asked, []);
    await join();
    assert.deepEqual((await held(bob)).asked, [`${room.id} ada ada`]);
    const { sync } = await accept(bob, room.id);
    assert.equal(sync.room.direct?.membership, 'member');
  });

  it('is nothing to people of a third server', async () => {
    await using homes = new TestHomes();
    const { one, ada, bob } = await scene(homes);
    const three = await homes.home(3, [1, 2]);
    const eve = await three.server.account('eve');
    const { id } = await open(ada, bob);
    await homes.settled();
    await assert.rejects(eve.request('room.join', { room: id, clientId: 'j', server: one.name }), {
      code: 'not-found',
    });
  });

  it('is not what a third server calls one in the name of somebody else', async () => {
    await using homes = new TestHomes();
    const { two, ada, bob } = await scene(homes);
    const own = await open(bob, ada);
    await homes.settled();
    const stranger = await homes.stranger(9, 2);
    const { id: from } = identityFromSeed(new Uint8Array(32).fill(9));
    const room: ForeignRoom = {
      id: `${'2'.repeat(51)}a`,
      clerk: from,
      title: '',
      topic: '',
      head: { term: 1, seq: 2 },
      joinRule: 'invite',
      history: 'all',
      members: 1,
      createdAt: 1,
      direct: true,
    };
    assert.ok(room.id < own.id);
    const claim = async (by: string, id: string): Promise<void> => {
      const invited = [{ room: { ...room, id }, user: bob.user, by: { user: by, name: 'ada' } }];
      await stranger.say(encodeFederationFrame('invitations', { invited, withdrawn: [] }), 'decision');
      await homes.settled();
    };
    await claim(ada.user, room.id);
    assert.deepEqual((await held(bob)).asked, []);
    await claim(`${'b'.repeat(16)}.${from}`, `${'2'.repeat(51)}q`);
    assert.deepEqual((await held(bob)).asked, [`${'2'.repeat(51)}q ada ada`], 'of its own people it may');
    assert.deepEqual((await two.db.all('SELECT * FROM entering')).length, 0, 'nobody is brought anywhere');
    assert.equal((await open(bob, ada)).id, own.id);
  });
});
