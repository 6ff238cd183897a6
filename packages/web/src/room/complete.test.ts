import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begunAt, type Candidate, complete, fold, namesIn, rank } from './complete.ts';
import { shortNames } from './emoji.ts';

const at = (text: string) => begunAt(text, text.length);
const of = (label: string, ...also: string[]): Candidate => ({ key: label, insert: label, label, also });
const labels = (query: string, ...candidates: Candidate[]) =>
  rank(query, candidates).map(({ candidate }) => candidate.label);

test('finds what is begun at the caret', () => {
  assert.deepEqual(at('hello @il'), { trigger: '@', query: 'il', start: 6, end: 9 });
  assert.equal(at('(@')?.query, '');
  assert.equal(at('see #潮見')?.query, '潮見');
  assert.equal(at('/mu')?.trigger, '/');
  assert.equal(at('ok :thu')?.query, 'thu');
  assert.deepEqual(begunAt('@il and more', 3), { trigger: '@', query: 'il', start: 0, end: 3 });
});

test('finds nothing inside words, addresses, times, paths and after a space', () => {
  for (const text of [
    'ada@x',
    'a#b',
    'x /mu',
    'https://x',
    'at 10:30',
    'see: x',
    ':t',
    '@il ',
    'a/b',
    '::',
    'x:ab',
    ' /mu',
  ])
    assert.equal(at(text), undefined, text);
});

test('ranks whole names, beginnings, beginnings of words and anything inside, in this order', () => {
  assert.deepEqual(labels('mu', of('unmute'), of('muted'), of('mu'), of('un-mute'), of('kick')), [
    'mu',
    'muted',
    'un-mute',
    'unmute',
  ]);
  assert.deepEqual(labels('tomas', of('Tomás'), of('tom')), ['Tomás']);
  assert.deepEqual(labels('mira', of('x', 'Mira'), of('miranda')), ['x', 'miranda']);
  assert.deepEqual(labels('zz', of('a')), []);
  assert.equal(labels('', of('a'), of('b')).length, 2);
});

test('marks what matched', () => {
  const [hit] = rank('mute', [of('unmute')]);
  assert.deepEqual([hit?.from, hit?.to], [2, 6]);
});

test('puts the candidate in, with one space after it', () => {
  assert.deepEqual(complete('hi @il', at('hi @il')!, '@ilvi'), { text: 'hi @ilvi ', caret: 9 });
  assert.deepEqual(complete('@il, x', begunAt('@il, x', 3)!, '@ilvi'), { text: '@ilvi , x', caret: 6 });
  assert.deepEqual(complete('@il x', begunAt('@il x', 3)!, '@ilvi'), { text: '@ilvi x', caret: 6 });
});

test('finds the names that a text means', () => {
  assert.deepEqual(namesIn('@ilvi, ask @tide-bot. mail a@b.example `@code` @ilvi\n```\n@fence\n```'), [
    'ilvi',
    'tide-bot',
  ]);
});

test('folds letters without moving them', () => {
  for (const text of ['Tomás', 'İSTANBUL', 'ﬁ', 'سمير', '潮見表'])
    assert.equal(fold(text).length, text.normalize('NFC').length, text);
});

test('ranks ten thousand people within a blink', () => {
  const people = Array.from({ length: 10_000 }, (_, index) => of(`person-${index}`, `Person ${index}`));
  assert.equal(rank('9999', people)[0]?.candidate.label, 'person-9999');
});

test('every emoji short name is one word and stands once', () => {
  const names = shortNames.map(({ label }) => label);
  assert.equal(new Set(names).size, names.length);
  for (const { label, insert } of shortNames) {
    assert.match(label, /^[a-z0-9_+-]+$/);
    assert.ok(insert.length > 0 && insert.length <= 32);
  }
  assert.ok(names.length > 150);
});
