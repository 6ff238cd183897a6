import assert from 'node:assert/strict';
import type { Stage } from './stage.ts';
import { play } from './stage.ts';

/** Whether a text is in any byte of the disk. */
const onDisk = (stage: Stage, text: string): boolean => Buffer.from(stage.home.disk.image()).includes(text);
const partsWith = async (stage: Stage, text: string): Promise<number> => {
  const rows = await stage.home.disk.rows<{ bytes: Uint8Array }>('SELECT bytes FROM part');
  return rows.filter(({ bytes }) => Buffer.from(bytes).includes(text)).length;
};
const dayMs = 86_400_000;

play('a room that keeps nothing is heard by those who are there, and never touches the disk', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('whispers', { retentionDays: 0 });
  await juliet.joins('#whispers');
  await romeo.says('meet me at the friar');
  await juliet.hears('meet me at the friar');
  await romeo.edits('meet me at the friar', 'meet me at the tomb');
  await juliet.hears('meet me at the tomb');
  assert.ok(!onDisk(stage, 'meet me'));
  stage.home.crash();
  await stage.sure('a new start', stage.home.start());
  await juliet.isOnline();
  const nurse = (await stage.cast('nurse'))[0];
  await nurse.joins('#whispers');
  await nurse.shows(null);
});

play('a room that keeps days forgets what is older, and its log still verifies', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona', { retentionDays: 2, topic: 'love' });
  await romeo.says('an old vow');
  romeo.switchesOff();
  juliet.switchesOff();
  await stage.passes(dayMs);
  await romeo.switchesOn();
  await romeo.says('a newer vow');
  romeo.switchesOff();
  juliet.switchesOff();
  await stage.passes(1.5 * dayMs);
  assert.equal(await partsWith(stage, 'an old vow'), 0);
  assert.equal(await partsWith(stage, 'a newer vow'), 1);
  await juliet.switchesOn();
  await juliet.joins('#verona');
  await juliet.shows(null, 'a newer vow');
  assert.equal(juliet.room.summary.get().view.topic, 'love');
});

play('who erases their account takes their words out of every room, for everybody', async (stage) => {
  const [romeo, juliet, nurse] = await stage.cast('romeo', 'juliet', 'nurse');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await nurse.joins('#verona');
  await juliet.says('deny thy father');
  await romeo.says('shall I speak at this?');
  await juliet.edits('deny thy father', 'deny thy father and refuse thy name');
  await juliet.reacts('shall I speak at this?', '💘');
  nurse.switchesOff();
  await juliet.asks('account.erase', { password: 'correct horse', confirm: true });
  await romeo.shows(null, 'shall I speak at this?');
  assert.equal(await partsWith(stage, 'deny thy father'), 0);
  assert.equal(await partsWith(stage, '💘'), 0);
  await nurse.switchesOn();
  await nurse.shows(null, 'shall I speak at this?');
  await stage.until('juliet is nobody', () => juliet.client.me.get() === undefined);
  const { members } = await stage.sure('the members', romeo.room.members());
  assert.deepEqual(members.map(({ person }) => person.name).toSorted(), ['nurse', 'romeo']);
});

play('deleted words are in no row of the disk', async (stage) => {
  const [romeo] = await stage.cast('romeo');
  await romeo.makes('verona');
  await romeo.says('I defy you, stars');
  await romeo.edits('I defy you, stars', 'I defy you all, stars');
  assert.equal(await partsWith(stage, 'I defy you'), 2);
  await romeo.deletes('I defy you all, stars');
  assert.equal(await partsWith(stage, 'I defy you'), 0);
});
