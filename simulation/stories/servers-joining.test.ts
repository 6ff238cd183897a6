import assert from 'node:assert/strict';
import { playAcross } from './servers.ts';
import { type Actor, refused } from './stage.ts';

playAcross(
  'Join fails over when the first server is down',
  async (stage) => {
    const [romeo, juliet, nurse, paris] = await stage.oneEach('romeo', 'juliet', 'nurse', 'paris');
    const [one, two, three, four] = stage.homes;
    await romeo.makes('verona');
    await juliet.follows(romeo);
    two!.crash();
    // Another one keeps the room, and says so.
    await nurse.follows(romeo, two);
    await romeo.says('welcome');
    await nurse.hears('welcome');
    // Another one is in it, and knows who keeps it: the wish goes there, and waits.
    stage.part(one!, four!);
    await refused('unavailable', stage.sure('a try', paris.client.join(romeo.room.id, two!.id)));
    const waits = await four!.disk.rows<{ server: string }>('SELECT server FROM entering');
    assert.deepEqual(waits, [{ server: one!.id }]);
    stage.join(one!, four!);
    await stage.until('paris is in', () => paris.client.room(romeo.room.id) !== undefined);
    await stage.sure('a new start', two!.start());
    await stage.agree(romeo);
    assert.ok(three!.running);
  },
  { servers: 4 },
);

playAcross(
  '100 servers join one room at once and converge',
  async (stage) => {
    const [host, ...others] = stage.homes;
    const romeo = await stage.castAt(host!, 'romeo');
    await romeo.makes('verona');
    const { id } = romeo.room;
    const people: Actor[] = [];
    for (const [i, home] of others.entries()) people.push(await stage.castAt(home, `guest-${i + 1}`));
    const joins = people.map(({ client }) => client.join(id, host!.id));
    await stage.sure('all of them join', Promise.all(joins));
    await romeo.says('all of you');
    await stage.agree(romeo);
    await stage.passes(1_000);
    for (const { client, device } of people) {
      assert.equal(client.room(id)?.summary.get().view.members, people.length + 1, device.name);
    }
  },
  { servers: 101, star: true },
);
