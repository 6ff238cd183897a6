import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestClient } from '../testing.ts';
import { TestHomes } from './testing-homes.ts';

/** Ada keeps a room at one that lets in who asks; bob and cem are at two, of which nobody is in it. */
async function scene(homes: TestHomes) {
  const one = await homes.home(1);
  const two = await homes.home(2, [1]);
  const ada = await one.server.account('ada');
  const bob = await two.server.account('bob');
  for (const client of [ada, bob]) await client.request('sync.start', { rooms: {} });
  const { sync } = await ada.request('room.create', { alias: 'porch', joinRule: 'knock', clientId: 'c' });
  await homes.settled();
  const room = sync.room.id;
  let drawn = 0;
  const standing = async (): Promise<string> =>
    (await bob.request('room.resolve', { alias: 'porch', server: one.name })).room.me.membership;
  return {
    ...{ one, two, ada, bob, room, standing },
    knock: () => bob.request('room.knock', { room, clientId: `k${++drawn}`, server: one.name }),
    leave: () => bob.request('room.leave', { room, clientId: `l${++drawn}` }),
    asking: async () => {
      const { knocking } = await ada.request('member.knocking', { room });
      return knocking.map(({ person }) => `${person.name} ${person.server !== undefined}`);
    },
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

const told = ({ events }: TestClient): string[] =>
  events.flatMap(({ event, payload }) => {
    if (event === 'room.changed') return [payload.room.me.membership];
    if (event === 'room.invited') return ['invited'];
    if (event === 'room.removed') return [payload.how];
    if (event !== 'outcome.decided') return [];
    const { outcome } = payload;
    return [outcome.outcome === 'refused' ? outcome.code : outcome.outcome];
  });

describe('a knock at a room of another server', () => {
  it('is seen by who asks and by the people of the room, who let one in', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room, one, knock, asking, standing } = await scene(homes);
    assert.equal(await standing(), 'none');
    const reply = await knock();
    assert.equal(reply.outcome, 'entry');
    await homes.settled();
    assert.deepEqual(told(bob), ['knocking']);
    assert.equal(await standing(), 'knocking');
    assert.deepEqual(await asking(), ['bob true']);
    const entry = await ada.next('entry.appended', ({ kind, user }) => kind === 'member' && user === bob.user);
    assert.equal(entry.name, 'bob');
    await assert.rejects(knock(), { code: 'duplicate' });
    await ada.request('member.invite', { room, user: bob.user, clientId: 'i' });
    await homes.settled();
    assert.deepEqual(told(bob).slice(-1), ['invited']);
    assert.equal(await standing(), 'invited');
    assert.deepEqual(await asking(), []);
    const { sync } = await bob.request('room.join', { room, clientId: 'j', server: one.name });
    assert.equal(sync.room.me.membership, 'member');
    assert.deepEqual(await one.db.all('SELECT * FROM knock'), []);
  });

  it('is turned down, and taken back', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room, two, knock, leave, asking, standing } = await scene(homes);
    await knock();
    await ada.request('member.deny', { room, user: bob.user, clientId: 'd' });
    await homes.settled();
    assert.deepEqual(told(bob), ['knocking', 'denied']);
    assert.equal(await standing(), 'none');
    bob.events.length = 0;
    await knock();
    assert.deepEqual(await leave(), {});
    await homes.settled();
    assert.deepEqual(told(bob), ['knocking', 'withdrawn']);
    assert.deepEqual([await asking(), await standing()], [[], 'none']);
    assert.deepEqual(await two.db.all('SELECT * FROM knock_elsewhere'), []);
    await assert.rejects(leave());
  });

  it('waits while that server is away, as does what comes of it', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room, knock, leave, asking, standing, part, join } = await scene(homes);
    await part();
    const asked = knock();
    await homes.advance(20_000, 1_000);
    assert.deepEqual(await asked, { outcome: 'queued' });
    await join();
    assert.deepEqual(told(bob), ['knocking', 'entry']);
    assert.deepEqual(await asking(), ['bob true']);
    await part();
    await ada.request('member.deny', { room, user: bob.user, clientId: 'd' });
    bob.events.length = 0;
    await join();
    assert.deepEqual(told(bob), ['denied']);

    await knock();
    await homes.settled();
    await part();
    assert.equal(await standingNow(standing), 'knocking', 'as it was');
    bob.events.length = 0;
    const taken = leave();
    await homes.advance(20_000, 1_000);
    assert.deepEqual(await taken, { outcome: 'queued' });
    assert.deepEqual(told(bob), []);
    await join();
    assert.deepEqual([told(bob), await asking()], [['withdrawn', 'entry'], []]);

    await part();
    bob.events.length = 0;
    for (const act of [knock, knock, leave]) {
      const early = act();
      await homes.advance(20_000, 1_000);
      assert.deepEqual(await early, { outcome: 'queued' });
    }
    assert.deepEqual(told(bob), ['duplicate', 'unknown-target'], 'each of those that are not asked any more');
    bob.events.length = 0;
    await join();
    assert.deepEqual(told(bob), ['unknown-target'], 'what was never asked is not there to be taken back');
    assert.deepEqual(await asking(), []);

    async function standingNow(ask: () => Promise<string>): Promise<string> {
      const answer = ask();
      await homes.advance(20_000, 1_000);
      return answer;
    }
  });

  it('is refused where one is not asked, is banned, or asks for too much', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room, one, knock, asking } = await scene(homes);
    await ada.request('member.ban', { room, user: bob.user, clientId: 'b' }).catch(() => {});
    const { people } = await ada.request('user.find', { prefix: 'bob', server: 's2.example' });
    await ada.request('member.ban', { room, user: people[0]!.id, clientId: 'b2' });
    await assert.rejects(knock(), { code: 'banned' });
    await ada.request('member.unban', { room, user: bob.user, clientId: 'u' });
    await ada.request('room.settings', { room, clientId: 's', joinRule: 'invite' });
    await assert.rejects(knock(), { code: 'not-found' });
    await ada.request('room.settings', { room, clientId: 's2', joinRule: 'public' });
    await assert.rejects(knock(), { code: 'not-invited' });
    const unknown = { room, clientId: 'k', server: 'nowhere.example' };
    await assert.rejects(bob.request('room.knock', unknown), { code: 'not-found' });
    assert.deepEqual(await asking(), []);
    assert.equal(one.name, 's1.example');
  });

  it('ends with the account of who asks', async () => {
    await using homes = new TestHomes();
    const { bob, knock, asking } = await scene(homes);
    await knock();
    await homes.settled();
    assert.deepEqual(await asking(), ['bob true']);
    await bob.request('account.erase', { password: 'correct horse', confirm: true });
    await homes.settled();
    assert.deepEqual(await asking(), []);
  });
});

describe('leaving a room of another server', () => {
  it('says that it waits while that server is away', async () => {
    await using homes = new TestHomes();
    const { ada, bob, room, one, leave, part, join } = await scene(homes);
    await ada.request('room.settings', { room, clientId: 's', joinRule: 'public' });
    await bob.request('room.join', { room, clientId: 'j', server: one.name });
    await homes.settled();
    await part();
    assert.deepEqual(await leave(), { outcome: 'queued' });
    assert.equal((await bob.request('room.get', { room })).room.me.membership, 'member');
    bob.events.length = 0;
    await join();
    assert.deepEqual(told(bob), ['left']);
    assert.equal((await ada.request('room.get', { room })).room.members, 1);
  });
});
