import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heard, TestHomes } from './testing-homes.ts';

describe('a server that floods', () => {
  it('waits in that room, and delays nobody in another', async () => {
    await using homes = new TestHomes();
    // Five acts a second, two hundred at once.
    const one = await homes.home(1, [], { rateFactor: 0.01 });
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    await homes.advance(600_000, 10_000);
    const other = await ada.createRoom('other');
    for (const [i, id] of [room, other].entries()) {
      await bob.request('room.join', { room: id, clientId: `j${i}`, server: one.id });
      await homes.advance(60_000, 10_000);
    }
    const told = (id: string): number =>
      ada.events.filter(({ event, payload }) => event === 'entry.appended' && payload.room === id).length;
    const [before, otherBefore] = [told(room), told(other)];
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    for (let i = 0; i < 300; i++)
      await bob.request('message.send', { room, clientId: `m${i}`, body: { text: `line ${i}` } });
    homes.cut.clear();
    for (let i = 0; i < 600 && told(room) === before; i++) await homes.advance(1_000, 500);
    const first = told(room) - before;
    assert.ok(first >= 64 && first <= 220, `${first} at once`);
    await bob.request('message.send', { room: other, clientId: 'x', body: { text: 'meanwhile' } });
    await homes.settled();
    assert.equal(told(other) - otherBefore, 1);
    await homes.advance(60_000, 1_000);
    assert.equal(told(room) - before, 300);
    assert.deepEqual(
      heard(ada).filter((text) => text !== 'meanwhile'),
      Array.from({ length: 300 }, (_, i) => `line ${i}`),
    );
  });

  it('with invitations of people who do not know it fills a part of what they may have', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    await bob.request('sync.start', { rooms: {} });
    const { people } = await bob.request('user.find', { prefix: 'ada', server: one.id });
    assert.equal(people[0]?.id, ada.user);
    const invite = async (name: string): Promise<string> => {
      const made = await bob.request('room.create', { alias: name, clientId: name, joinRule: 'invite' });
      await bob.request('member.invite', { room: made.sync.room.id, user: ada.user, clientId: `i${name}` });
      await homes.settled();
      return made.sync.room.id;
    };
    const rooms: string[] = [];
    for (let i = 0; i < 8; i++) rooms.push(await invite(`r${i}`));
    const invitations = async () => (await ada.request('sync.start', { rooms: {} })).invitations.length;
    assert.equal(await invitations(), 5);
    await ada.request('room.join', { room: rooms[0]!, clientId: 'j' });
    await homes.settled();
    await invite('known');
    await invite('well');
    assert.equal(await invitations(), 6);
  });
});
