import assert from 'node:assert/strict';
import { play, refused } from './stage.ts';

play('people who are in a room hear each other, in one order', async (stage) => {
  const [romeo, juliet, nurse] = await stage.cast('romeo', 'juliet', 'nurse');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await nurse.joins('#verona');
  await romeo.says('But soft, what light through yonder window breaks?');
  await juliet.hears('But soft, what light through yonder window breaks?');
  const together = ['one', 'two', 'three'].flatMap((word) =>
    [romeo, juliet].map((each) => each.calls(`${word} ${each.name}`)),
  );
  await stage.sure('all of it', Promise.all(together));
  await nurse.hears('three juliet');
  await nurse.hears('three romeo');
  await romeo.shows(...nurse.words);
  await juliet.shows(...nurse.words);
  const order = (name: string) => nurse.words.filter((each) => each?.endsWith(name));
  assert.deepEqual(order('romeo'), ['one romeo', 'two romeo', 'three romeo']);
  assert.deepEqual(order('juliet'), ['one juliet', 'two juliet', 'three juliet']);
});

play('who comes later reads what was said before', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  for (let i = 1; i <= 70; i++) await romeo.says(`sigh ${i}`);
  await juliet.joins('#verona');
  await juliet.hears('sigh 70');
  await juliet.readsBack();
  assert.deepEqual(
    juliet.words,
    Array.from({ length: 70 }, (_, i) => `sigh ${i + 1}`),
  );
});

play('words are edited, deleted, answered with an emoji and pinned, for everybody', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await romeo.says('I swear by the moon');
  await juliet.hears('I swear by the moon');
  await juliet.reacts('I swear by the moon', '🌚');
  await romeo.edits('I swear by the moon', 'I swear by myself');
  const row = await juliet.hears('I swear by myself');
  assert.ok(row.edited);
  assert.deepEqual(
    row.reactions.map(({ emoji, mine }) => [emoji, mine !== undefined]),
    [['🌚', true]],
  );
  await romeo.pins('I swear by myself');
  await stage.until('juliet sees the pin', () => juliet.rows.some((each) => each.type === 'message' && each.pinned));
  await refused('forbidden', juliet.deletes('I swear by myself'));
  await refused('forbidden', juliet.edits('I swear by myself', 'I swear by nothing'));
  await romeo.deletes('I swear by myself', 'too much');
  await juliet.shows(null);
  const [deleted] = juliet.rows.filter((each) => each.type === 'message');
  assert.ok(deleted?.type === 'message' && deleted.redacted?.reason === 'too much' && !deleted.pinned);
  await refused('unknown-target', juliet.asks('message.react', reaction(juliet, romeo.user, deleted.clientId)));
});

function reaction(who: { room: { id: string }; client: { newClientId(): string } }, user: string, clientId: string) {
  return { room: who.room.id, clientId: who.client.newClientId(), target: { user, clientId }, emoji: '💔' };
}

play('what was deleted or edited while somebody was away is so when they come back', async (stage) => {
  const [romeo, juliet] = await stage.cast('romeo', 'juliet');
  await romeo.makes('verona');
  await juliet.joins('#verona');
  await romeo.says('first');
  await romeo.says('second');
  await juliet.shows('first', 'second');
  juliet.switchesOff();
  await romeo.deletes('first');
  await romeo.edits('second', 'second, better');
  await romeo.says('third');
  await juliet.switchesOn();
  await juliet.shows(null, 'second, better', 'third');
});
