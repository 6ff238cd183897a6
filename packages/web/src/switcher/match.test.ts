import assert from 'node:assert/strict';
import { test } from 'node:test';
import { best, match, readQuery } from './match.ts';

test('the whole, the beginning, a word, anywhere: in this order', () => {
  const items = ['contides', 'high tide', 'tide table', 'tide', 'ferry'];
  assert.deepEqual(
    best(items, 'tide', (item) => [item], 9),
    ['tide', 'tide table', 'high tide', 'contides'],
  );
});

test('accents and case do not count, and the hit is marked in the text as it stands', () => {
  assert.deepEqual(match('Übersetzung', 'uber'), { rank: 1, at: 0, length: 4 });
  assert.deepEqual(match('U\u0308bersetzung', 'über'), { rank: 1, at: 0, length: 0 });
  assert.deepEqual(match('Harbour Board', 'board'), { rank: 2, at: 8, length: 5 });
  assert.equal(match('ops', 'x'), undefined);
});

test('later texts of an item count less than earlier ones', () => {
  const items = [
    { name: 'zebra', title: 'ops' },
    { name: 'ops', title: '' },
  ];
  assert.deepEqual(
    best(items, 'ops', ({ name, title }) => [name, title], 9).map(({ name }) => name),
    ['ops', 'zebra'],
  );
});

test('a sign before the query asks for one kind of thing', () => {
  assert.deepEqual(readQuery(' @mi'), { only: '@', text: 'mi' });
  assert.deepEqual(readQuery('#'), { only: '#', text: '' });
  assert.deepEqual(readQuery('~lobby'), { only: '~', text: 'lobby' });
  assert.deepEqual(readQuery('/mute now'), { only: '/', text: 'mute now' });
  assert.deepEqual(readQuery('tides'), { only: undefined, text: 'tides' });
});
