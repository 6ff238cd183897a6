import assert from 'node:assert/strict';
import { playAcross } from './servers.ts';

playAcross("mailbox survives either side's downtime, exactly once, in order", async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  const rooms = ['verona', 'mantua', 'padua', 'venice'];
  const arrived: string[] = [];
  juliet.client.invitations.subscribe(() => {
    const titles = juliet.client.invitations.get().map(({ title }) => title);
    for (const title of titles) if (!arrived.includes(title)) arrived.push(title);
  });
  const invited = () => juliet.client.invitations.get().map(({ title }) => title);
  const invites = async (title: string) => {
    await romeo.makes(title, { title, joinRule: 'invite' });
    await romeo.invites(juliet);
  };
  // They know each other.
  await romeo.makes('prologue');
  await juliet.follows(romeo);
  await invites(rooms[0]!);
  await stage.until('the first is there', () => invited().length === 1);
  // Where it goes to is down.
  two!.crash();
  await invites(rooms[1]!);
  await stage.sure('a new start', two!.start());
  await juliet.isOnline();
  await stage.until('the second is there', () => invited().length === 2);
  // Where it comes from dies with it, before and after it was on the way.
  stage.part(one!, two!);
  await invites(rooms[2]!);
  one!.crash();
  await stage.sure('a new start', one!.start());
  await romeo.isOnline();
  stage.join(one!, two!);
  await stage.until('the third is there', () => invited().length === 3);
  await invites(rooms[3]!);
  one!.crash();
  two!.crash();
  await stage.passes(2_000);
  await stage.sure('a new start', one!.start());
  await stage.sure('a new start', two!.start());
  await juliet.isOnline();
  await stage.until('the last is there', () => invited().length === 4);
  await stage.passes(60_000);
  assert.deepEqual(invited().toSorted(), rooms.toSorted(), 'each once');
  assert.deepEqual(arrived, rooms, 'in order');
});
