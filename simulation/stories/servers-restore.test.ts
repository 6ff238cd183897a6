import assert from 'node:assert/strict';
import { playAcross } from './servers.ts';

playAcross('join continues after a restart mid-snapshot', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [, two] = stage.homes;
  await romeo.makes('verona');
  for (let i = 1; i <= 5; i++) await romeo.says(`sigh ${i}`);
  const { id } = romeo.room;
  // The wish is on disk, the room is not.
  const at = two!.disk.writes + 2;
  two!.disk.strikes = (write, moment) => write >= at && moment === 'before';
  juliet.client.join(id, romeo.home.id).catch(() => {});
  await stage.until('the server is dead', () => !two!.running);
  two!.disk.strikes = () => false;
  await stage.passes(2_000);
  await stage.sure('a new start', two!.start());
  await stage.until('juliet is in', () => juliet.client.room(id) !== undefined);
  juliet.alias = id;
  await romeo.says('welcome');
  await juliet.hears('welcome');
  await stage.agree(romeo);
  const joins = await stage.homes[0]!.disk.rows("SELECT seq FROM entry WHERE kind = 'member'");
  assert.equal(joins.length, 1);
});

playAcross('an origin restored twice from one backup', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await juliet.says('zero');
  await romeo.hears('zero');
  const backup = two!.disk.image();
  for (const time of ['once', 'twice']) {
    await juliet.says(`before it was restored ${time}`);
    await romeo.hears(`before it was restored ${time}`);
    two!.restore(backup);
    await stage.passes(1_000);
    await stage.sure('a new start', two!.start());
    await juliet.isOnline();
    await juliet.says(`restored ${time}`);
    await romeo.hears(`restored ${time}`);
  }
  await stage.agree(romeo);
  const all = [
    'zero',
    'before it was restored once',
    'restored once',
    'before it was restored twice',
    'restored twice',
  ];
  await romeo.shows(...all);
  await juliet.shows(...all);
});

playAcross('an origin restored while its clerk is away loses nothing that its people still know', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  const backup = two!.disk.image();
  stage.part(one!, two!);
  for (const word of ['one', 'two']) assert.equal(await stage.sure('a queue', juliet.calls(word)), 'queued');
  two!.restore(backup);
  await stage.sure('a new start', two!.start());
  await juliet.isOnline();
  assert.equal(await stage.sure('a queue', juliet.calls('three')), 'queued');
  stage.join(one!, two!);
  await romeo.shows('one', 'two', 'three');
  await juliet.shows('one', 'two', 'three');
});

playAcross('an origin that was restored and speaks before its clerk is back is heard', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  const backup = two!.disk.image();
  for (const word of ['one', 'two', 'three']) await juliet.says(word);
  await romeo.hears('three');
  await stage.passes(1_000);
  stage.part(one!, two!);
  two!.restore(backup);
  await stage.sure('a new start', two!.start());
  await juliet.isOnline();
  // Under numbers that other words have at the clerk.
  for (const word of ['four', 'five']) assert.equal(await stage.sure('a queue', juliet.calls(word)), 'queued');
  two!.crash();
  await stage.sure('a new start', two!.start());
  stage.join(one!, two!);
  await romeo.shows('one', 'two', 'three', 'four', 'five');
  await juliet.shows('one', 'two', 'three', 'four', 'five');
});

playAcross('cursor never ahead of effects after kill', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  const { disk } = two!;
  for (let i = 1; i <= 6; i++)
    for (const moment of ['before', 'after'] as const) {
      const at = disk.writes + i;
      disk.strikes = (write, now) => write >= at && now === moment;
      const words = Array.from({ length: 6 }, (_, n) => `${i} ${moment} ${n}`);
      for (const word of words) {
        void romeo.calls(word);
        await stage.passes(20);
      }
      void juliet.calls(`juliet ${i} ${moment}`);
      await stage.until('the server is dead', () => !two!.running);
      disk.strikes = () => false;
      await stage.sure('a new start', two!.start());
      await romeo.hears(`juliet ${i} ${moment}`);
      await stage.agree(romeo);
    }
  await juliet.readsBack();
  assert.deepEqual(juliet.words, romeo.words);
  assert.equal(new Set(romeo.words).size, 6 * 2 * 7);
});

playAcross('a gap is filled by range', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  for (let i = 1; i <= 150; i++) await romeo.says(`sigh ${i}`);
  await juliet.follows(romeo);
  await romeo.says('the last');
  await juliet.hears('the last');
  await juliet.readsBack();
  assert.deepEqual(juliet.words, [...Array.from({ length: 150 }, (_, i) => `sigh ${i + 1}`), 'the last']);
});

playAcross('an oversized entry does not block a gap fill', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  const longest = (i: number) => `${i} ${'\u{1d11e}'.repeat(8_185)}`;
  for (let i = 1; i <= 35; i++) await romeo.says(longest(i));
  await juliet.follows(romeo);
  await juliet.readsBack();
  assert.equal(juliet.words.length, 35);
  stage.part(one!, two!);
  for (let i = 36; i <= 70; i++) await romeo.says(longest(i));
  stage.join(one!, two!);
  await juliet.hears(longest(70));
  await stage.agree(romeo);
});

playAcross('a peer restored from an empty disk gets everything it may see', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [, two] = stage.homes;
  await romeo.makes('verona');
  // Its people have accounts in the backup, and no room.
  const backup = two!.disk.image();
  await juliet.follows(romeo);
  await romeo.says('one');
  await juliet.says('two');
  await juliet.shows('one', 'two');
  two!.restore(backup);
  await stage.sure('a new start', two!.start());
  await juliet.isOnline();
  await stage.until('juliet is in', () => juliet.client.room(romeo.room.id) !== undefined);
  await juliet.readsBack();
  await juliet.shows('one', 'two');
  await juliet.says('three');
  await romeo.hears('three');
});
