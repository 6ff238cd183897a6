import assert from 'node:assert/strict';
import { playAcross } from './servers.ts';
import { refused } from './stage.ts';

playAcross('a banned user cannot join from another server', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const paris = await stage.castAt(juliet.home, 'paris');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await paris.follows(romeo);
  await romeo.bans(paris);
  await paris.isOut();
  await refused('banned', stage.sure('a try', paris.client.join(romeo.room.id, romeo.home.id)));
  // The last of their server is gone: now the clerk alone can say it.
  await romeo.bans(juliet);
  await juliet.isOut();
  await refused('banned', stage.sure('a try', paris.client.join(romeo.room.id, romeo.home.id)));
  await refused('banned', stage.sure('a try', juliet.client.join(romeo.room.id, romeo.home.id)));
  await stage.passes(5_000);
  assert.equal(juliet.client.rooms.get().length, 0);
  await romeo.unbans(juliet);
  await juliet.follows(romeo);
  await juliet.says('here again');
  await romeo.hears('here again');
});

playAcross('the last member of a server is banned while its queue is full', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await juliet.says('before');
  await romeo.hears('before');
  stage.part(one!, two!);
  for (let i = 1; i <= 30; i++) assert.equal(await stage.sure('a queue', juliet.calls(`call ${i}`)), 'queued');
  await romeo.bans(juliet);
  stage.join(one!, two!);
  await juliet.isOut();
  await stage.until('every call has its outcome', () => {
    const rows = juliet.client.outbox.get();
    return rows.length === 30 && rows.every(({ state }) => state === 'failed');
  });
  await stage.passes(2_000);
  const waiting = await two!.disk.rows('SELECT 1 AS n FROM outbox');
  assert.deepEqual(waiting, []);
  await romeo.shows('before');
});

playAcross('kicks and mutes bind everywhere at their place', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const paris = await stage.castAt(juliet.home, 'paris');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await paris.follows(romeo);
  await stage.agree(romeo);
  await romeo.makesOf(juliet, 'moderator');
  await stage.agree(romeo);
  await juliet.mutes(paris);
  await stage.until('paris knows', () => paris.room.summary.get().view.me.mutedUntil !== undefined);
  await refused('muted', stage.sure('a try', paris.room.send('may I?')));
  await juliet.unmutes(paris);
  await stage.agree(romeo);
  await stage.passes(500);
  await paris.says('I may');
  await romeo.hears('I may');
  await juliet.kicks(paris, 'go');
  await paris.isOut();
  await juliet.deletes('I may');
  await romeo.shows(null);
});

playAcross(
  'a newcomer to a since-join room sees nothing earlier, nor does their server',
  async (stage) => {
    const [romeo, juliet, nurse] = await stage.oneEach('romeo', 'juliet', 'nurse');
    await romeo.makes('verona', { history: 'since-join' });
    await romeo.says('a secret of old');
    await juliet.follows(romeo);
    await romeo.says('between the two of us');
    await juliet.shows('between the two of us');
    await nurse.follows(romeo);
    await romeo.says('for all');
    for (const [each, ...words] of [
      [juliet, 'between the two of us', 'for all'],
      [nurse, 'for all'],
    ] as const) {
      await each.shows(...words);
      await each.readsBack();
      await each.shows(...words);
      await stage.passes(2_000);
    }
    const held = (home: (typeof stage.homes)[number], text: string) => Buffer.from(home.disk.image()).includes(text);
    const [, two, three] = stage.homes;
    assert.ok(!held(two!, 'a secret of old') && !held(three!, 'a secret of old'), 'words of old are on a disk (S8)');
    assert.ok(!held(three!, 'between the two of us'), 'words of before are on a disk (S8)');
  },
  { servers: 3 },
);

playAcross('a message redacted before the follower catches up', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  const [one, two] = stage.homes;
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await romeo.says('first');
  await juliet.shows('first');
  stage.part(one!, two!);
  await romeo.says('never said');
  await romeo.deletes('never said');
  await romeo.deletes('first');
  await romeo.says('last');
  stage.join(one!, two!);
  await juliet.shows(null, null, 'last');
  assert.ok(!Buffer.from(two!.disk.image()).includes('never said'), 'what was deleted before it came is on the disk');
});

playAcross('an edit, a reaction, a reply and a pin from elsewhere are seen everywhere', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await romeo.makesOf(juliet, 'admin');
  await stage.agree(romeo);
  await juliet.says('I swear by the moon');
  await romeo.hears('I swear by the moon');
  await romeo.reacts('I swear by the moon', '🌚');
  await juliet.hears('I swear by the moon');
  await juliet.edits('I swear by the moon', 'I swear by myself');
  await romeo.hears('I swear by myself');
  await juliet.hears('I swear by myself');
  await juliet.pins('I swear by myself');
  await romeo.says('noted', { mentions: [juliet.user] });
  await stage.until('both see all of it', () =>
    [romeo, juliet].every(({ rows }) => {
      const row = rows.find((each) => each.type === 'message');
      return row?.type === 'message' && row.pinned && row.reactions.length === 1 && row.edited !== undefined;
    }),
  );
  await juliet.hasUnread(1, 1);
});

playAcross('slow mode holds for people of other servers, and leaves no tombstone for every try', async (stage) => {
  const [romeo, juliet] = await stage.oneEach('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.follows(romeo);
  await romeo.rules({ slowModeMs: 5_000 });
  await stage.agree(romeo);
  await stage.passes(500);
  const words = ['one', 'two', 'three'];
  for (const word of words) void juliet.calls(word);
  await romeo.shows(...words);
  await juliet.shows(...words);
  const at = romeo.rows.flatMap((row) => (row.type === 'message' ? [row.at] : []));
  for (const [i, each] of at.entries())
    assert.ok(i === 0 || each - at[i - 1]! >= 5_000, `${words[i]} came ${each - at[i - 1]!} ms later`);
  const kinds = await stage.homes[0]!.disk.rows("SELECT kind FROM entry WHERE kind = 'tombstone'");
  assert.ok(kinds.length <= 1, `${kinds.length} tombstones`);
});
