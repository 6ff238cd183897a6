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

playAcross(
  'a clerk restored from a backup a hundred entries old',
  async (stage) => {
    const [romeo, juliet, paris] = await stage.oneEach('romeo', 'juliet', 'paris');
    const [one] = stage.homes;
    await romeo.makes('verona');
    await juliet.follows(romeo);
    await paris.follows(romeo);
    const said = ['zero'];
    await romeo.says('zero');
    await juliet.hears('zero');
    const backup = one!.disk.image();
    for (let i = 1; i <= 34; i++)
      for (const who of [romeo, juliet, paris]) {
        said.push(`${who.name} ${i}`);
        await who.says(said.at(-1)!);
        await romeo.hears(said.at(-1)!);
      }
    await stage.agree(romeo);
    one!.restore(backup);
    await stage.sure('a new start', one!.start());
    await romeo.isOnline();
    for (const who of [romeo, juliet, paris]) await who.hears(said.at(-1)!);
    for (const who of [romeo, juliet, paris]) {
      said.push(`${who.name} after all`);
      await who.says(said.at(-1)!);
      await romeo.hears(said.at(-1)!);
    }
    await stage.agree(romeo);
    for (const who of [romeo, juliet, paris]) {
      await who.readsBack();
      await who.shows(...said);
    }
  },
  { servers: 3 },
);

playAcross(
  'a clerk that was restored and speaks before the others are back loses nothing of theirs',
  async (stage) => {
    const [romeo, juliet, paris] = await stage.oneEach('romeo', 'juliet', 'paris');
    const [one, two, three] = stage.homes;
    await romeo.makes('verona');
    await juliet.follows(romeo);
    await romeo.says('zero');
    await juliet.hears('zero');
    const backup = one!.disk.image();
    // The backup knows nothing of his server.
    await paris.follows(romeo);
    const lost = ['romeo lost', 'juliet lost', 'paris lost', 'romeo lost too'];
    for (const word of lost) {
      const who = [romeo, juliet, paris].find(({ name }) => word.startsWith(name))!;
      await who.says(word);
      for (const other of [romeo, juliet, paris]) await other.hears(word);
    }
    await romeo.deletes('juliet lost');
    await juliet.shows('zero', 'romeo lost', null, 'paris lost', 'romeo lost too');
    await stage.agree(romeo);
    for (const other of [two!, three!]) stage.part(one!, other);
    assert.equal(await stage.sure('a queue', juliet.calls('juliet waits')), 'queued');
    one!.restore(backup);
    // Where what was told before stands in the log is another place now.
    stage.heard.length = 0;
    await stage.sure('a new start', one!.start());
    await romeo.isOnline();
    await romeo.shows('zero');
    await romeo.says('romeo alone');
    stage.join(one!, two!);
    await romeo.hears('juliet waits');
    stage.join(one!, three!);
    await romeo.says('all again');
    for (const who of [romeo, juliet, paris]) await who.hears('all again');
    await stage.agree(romeo);
    for (const who of [romeo, juliet, paris]) {
      await who.readsBack();
      const words = [...who.words].sort();
      const all = ['all again', 'juliet waits', 'paris lost', 'romeo alone', 'romeo lost', 'romeo lost too', 'zero'];
      assert.deepEqual(words, [...all, null].sort(), who.name);
      assert.deepEqual(who.words, romeo.words, who.name);
    }
  },
  { servers: 3 },
);

playAcross('a crash at any write while a restored clerk gets back what it lost loses nothing', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  const all: string[] = [];
  let deaths = 0;
  // Half of the time the log has gone on before anybody tells what was lost.
  for (const isApart of [false, true])
    for (const dying of [one!, two!])
      for (let i = 1; i <= 3; i++)
        for (const moment of ['before', 'after'] as const) {
          const what = `${dying.name} died ${moment} ${i} ${isApart}`;
          const backup = one!.disk.image();
          for (const who of [romeo, juliet]) {
            all.push(`${who.name} lost this and ${what}`);
            await who.says(all.at(-1)!);
            await romeo.hears(all.at(-1)!);
          }
          await stage.agree(romeo);
          if (isApart) stage.part(one!, two!);
          one!.restore(backup);
          stage.heard.length = 0;
          await stage.sure('a new start', one!.start());
          if (isApart) {
            await romeo.isOnline();
            all.push(`romeo was alone and ${what}`);
            await romeo.says(all.at(-1)!);
          }
          const { disk } = dying;
          const at = disk.writes + i;
          disk.strikes = (write, now) => write >= at && now === moment;
          if (isApart) stage.join(one!, two!);
          await stage.passes(3_000);
          disk.strikes = () => false;
          if (!dying.running) {
            deaths += 1;
            await stage.sure('a new start', dying.start());
          }
          all.push(`after ${what}`);
          await juliet.isOnline();
          await juliet.says(all.at(-1)!);
          await romeo.hears(all.at(-1)!);
          await stage.agree(romeo);
          // Until it hears better, a follower tells what its clerk has lost.
          stage.heard.length = 0;
        }
  for (const who of [romeo, juliet]) {
    await who.readsBack();
    assert.deepEqual([...who.words].sort(), [...all].sort());
  }
  assert.deepEqual(juliet.words, romeo.words);
  assert.ok(deaths >= 12, `${deaths} deaths`);
});

playAcross(
  'a room that its restored clerk had made since is taken back, whenever the clerk dies over it',
  async (stage) => {
    const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
    const [one] = stage.homes;
    const backup = one!.disk.image();
    await romeo.makes('verona');
    await romeo.says('one');
    await juliet.follows(romeo);
    await juliet.says('two');
    await romeo.hears('two');
    await stage.agree(romeo);
    const { disk } = one!;
    for (const moment of ['before', 'after'] as const)
      for (let i = 1; i <= 3; i++) {
        one!.restore(backup);
        stage.heard.length = 0;
        await stage.sure('a new start', one!.start());
        const at = disk.writes + i;
        disk.strikes = (write, now) => write >= at && now === moment;
        await stage.passes(3_000);
        disk.strikes = () => false;
        if (!one!.running) await stage.sure('a new start', one!.start());
        await juliet.isOnline();
        await juliet.says(`${moment} ${i}`);
        const isHeard = () => romeo.client.room('#verona') !== undefined && romeo.words.includes(`${moment} ${i}`);
        await stage.until('romeo is in again', isHeard);
        await stage.agree(romeo);
      }
    const all = ['one', 'two', ...['before', 'after'].flatMap((moment) => [1, 2, 3].map((i) => `${moment} ${i}`))];
    for (const who of [romeo, juliet]) {
      await who.readsBack();
      await who.shows(...all);
    }
  },
);
