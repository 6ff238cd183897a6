import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, MessageRow, Room, Row } from '@parley/client';
import type { Item } from './group.ts';
import { guessHeight, isJumbo, isLong } from './measure.ts';
import { createRoomPeople } from './people.ts';
import { itemIndexOf, lastOwn, messageOf, newSince, quotedBy, seqUpTo } from './seek.ts';

const said = (seq: number | undefined, more: Partial<MessageRow> = {}): MessageRow =>
  ({
    type: 'message',
    key: `m${seq}`,
    user: 'a',
    clientId: `c${seq}`,
    seq,
    at: 0,
    body: { text: 'x' },
    mine: false,
    reactions: [],
    imported: false,
    ...more,
  }) as MessageRow;
const asItem = (row: MessageRow): Item => ({ type: 'message', key: row.key, row, head: true });

test('counts messages of others after a position, and no others', () => {
  const rows: Row[] = [said(1), said(2), said(3, { mine: true }), said(5), said(undefined, { mine: true })];
  assert.equal(newSince(rows, 1), 2);
  assert.equal(newSince(rows, 5), 0);
  assert.equal(newSince(rows, 0), 3);
});

test('tells up to where items were on the screen', () => {
  const items: Item[] = [
    { type: 'start', key: 'start' },
    asItem(said(4)),
    { type: 'new', key: 'new' },
    asItem(said(undefined)),
  ];
  assert.equal(seqUpTo(items, 0), 0);
  assert.equal(seqUpTo(items, 2), 4);
  assert.equal(seqUpTo(items, 99), 4);
});

test('finds the row of a key, also inside a run of notices', () => {
  const rows = [{ key: 'n1' }, { key: 'n2' }] as never;
  const items: Item[] = [asItem(said(1)), { type: 'notices', key: 'n1', rows }];
  assert.equal(itemIndexOf(items, 'n2'), 1);
  assert.equal(itemIndexOf(items, 'm1'), 0);
  assert.equal(itemIndexOf(items, 'gone'), -1);
});

test('finds what a message answers when it is near, and nothing without one', () => {
  const rows = [said(1), said(2, { body: { text: 'y', replyTo: { user: 'a', clientId: 'c1' } } })];
  assert.equal(quotedBy(rows, asItem(rows[1]!)), rows[0]);
  assert.equal(quotedBy(rows, asItem(rows[0]!)), undefined);
  assert.equal(messageOf(rows, { user: 'a', clientId: 'none' }), undefined);
});

test('finds the last message of one’s own that can be edited', () => {
  const rows = [
    said(1, { mine: true }),
    said(2, { mine: true }),
    said(3, { mine: true, body: null }),
    said(undefined, { mine: true }),
  ];
  assert.equal(lastOwn(rows)?.seq, 2);
  assert.equal(lastOwn([said(1)]), undefined);
});

test('folds what is long in letters or lines, and enlarges a few emoji', () => {
  assert.ok(isLong('x'.repeat(3_001)) && isLong('\n'.repeat(60)));
  assert.ok(!isLong('x'.repeat(400)) && !isLong('a\nb'));
  assert.ok(isJumbo('👍') && isJumbo('👨‍👩‍👧‍👦 🎉') && isJumbo('❤️'));
  assert.ok(!isJumbo('ok 👍') && !isJumbo('👍👍👍👍') && !isJumbo('12') && !isJumbo(''));
});

test('guesses a height that grows with the text and has an end', () => {
  const height = (text: string) => guessHeight(asItem(said(1, { body: { text } })));
  assert.ok(height('a\nb\nc') > height('a'));
  assert.ok(height('a'.repeat(16_000)) < 1_200);
});

test('takes a name for the only member who has it, a picked one before others, and asks for members once', async () => {
  const members = ['ada', 'bo', 'bo'].map((name, at) => ({ person: { id: `${name}${at}`, name, kind: 'person' } }));
  let asked = 0;
  const room = {
    members: async () => {
      asked++;
      return { members, more: false, total: 3 };
    },
  } as unknown as Room;
  const people = createRoomPeople({ me: { get: () => undefined } } as unknown as Client, room);
  await new Promise<void>((resolve) => assert.deepEqual(people.known('', resolve), []));
  assert.equal(people.known('a', () => undefined).length, 3);
  assert.equal(asked, 1);
  assert.deepEqual(people.mentionsIn('@ada and @bo', new Map()), ['ada0']);
  assert.deepEqual(people.mentionsIn('@ada and @bo', new Map([['bo', 'bo2']])), ['ada0', 'bo2']);
});
