import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reader } from '@parley/client';
import type { Item } from './group.ts';
import { namesOf, nobody, placeReaders } from './readers.ts';

const message = (seq: number | undefined, user = 'me') =>
  ({ type: 'message', key: `m${seq}`, row: { seq, user }, head: true }) as unknown as Item;
const notices = (...seqs: number[]) =>
  ({ type: 'notices', key: `n${seqs[0]}`, rows: seqs.map((seq) => ({ seq })) }) as unknown as Item;
const day: Item = { type: 'day', key: 'day', at: 0 };
const reader = (user: string, seq: number): Reader => ({ user, name: user, seq });
const placed = (items: readonly Item[], readers: readonly Reader[], atEnd = true) =>
  Object.fromEntries(
    [...placeReaders(items, readers, atEnd, nobody)].map(([key, list]) => [
      key,
      list.map(({ name }) => name).join(' '),
    ]),
  );

test('a reader stands at the last item that they have read, over what is no row of its own', () => {
  const items = [day, message(3), notices(4, 5, 6), day, message(9), message(undefined)];
  const readers = [reader('cem', 8), reader('bob', 6), reader('ada', 9), reader('eve', 5), reader('kim', 40)];
  assert.deepEqual(placed(items, readers), { m3: 'eve', n4: 'bob cem', m9: 'ada kim' });
});

test('nobody stands at a message of their own, above what is loaded, or where more follows below', () => {
  const items = [message(3), message(5, 'ada')];
  assert.deepEqual(placed(items, [reader('ada', 5), reader('bob', 2)]), {});
  assert.deepEqual(placed(items, [reader('bob', 9), reader('cem', 5)], false), { m5: 'cem' });
  assert.deepEqual(placed([], [reader('bob', 9)]), {});
});

test('a list of the same people keeps its identity', () => {
  const items = [message(3), message(5)];
  const before = placeReaders(items, [reader('bob', 5), reader('cem', 3)], true, nobody);
  const after = placeReaders(items, [reader('bob', 6), reader('cem', 4), reader('dee', 3)], true, before);
  assert.equal(after.get('m5'), before.get('m5'));
  assert.deepEqual(
    after.get('m3')?.map(({ name }) => name),
    ['cem', 'dee'],
  );
});

test('more names than there is room for are counted, but never one alone', () => {
  const of = (count: number) => Array.from({ length: count }, (_, i) => reader(`p${i}`, 1));
  assert.equal(namesOf(of(1), 2), 'p0');
  assert.equal(namesOf(of(3), 2), 'p0, p1, and p2');
  assert.equal(namesOf(of(5), 2), 'p0, p1, and 3 more');
});
