import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyLine, KeyTalk } from './key-mail.ts';
import { addLine, changeLine, named, readTalk } from './talks.ts';

const line = (key: string): KeyLine => ({ key, mine: false, text: key, at: 1, state: 'sent', code: undefined });
const of = (talks: readonly KeyTalk[]) =>
  talks.map(({ address, lines, unread }) => [address, lines.map(({ key }) => key).join(), unread]);

test('the talk that was heard last stands first, with what is unread', () => {
  let talks = addLine([], 'a', line('1'), true);
  talks = addLine(talks, 'b', line('2'), false);
  talks = addLine(talks, 'a', line('3'), true);
  assert.deepEqual(of(talks), [
    ['a', '1,3', 2],
    ['b', '2', 0],
  ]);
  assert.deepEqual(of(readTalk(talks, 'a'))[0], ['a', '1,3', 0]);
  assert.equal(readTalk(talks, 'b'), talks);
});

test('a line changes or goes, and a name stays until another is said', () => {
  let talks = addLine([], 'a', line('1'), false);
  talks = changeLine(talks, 'a', '1', { state: 'failed', code: 'nobody-there' });
  assert.deepEqual([talks[0]?.lines[0]?.state, talks[0]?.lines[0]?.code], ['failed', 'nobody-there']);
  talks = named(named(talks, 'a', 'Ada'), 'a', undefined);
  assert.equal(talks[0]?.name, 'Ada');
  assert.deepEqual(of(changeLine(talks, 'a', '1', undefined)), [['a', '', 0]]);
});

test('so many talks and lines are held, those that are unread for longest', () => {
  let talks: readonly KeyTalk[] = [];
  for (let i = 0; i < 100; i++) talks = addLine(talks, `k${i}`, line('x'), i === 0);
  talks = addLine(talks, 'new', line('x'), true);
  assert.equal(talks.length, 100);
  assert.ok(talks.some(({ address }) => address === 'k0'));
  assert.ok(!talks.some(({ address }) => address === 'k1'));
  for (let i = 0; i < 600; i++) talks = addLine(talks, 'new', line(`${i}`), false);
  assert.deepEqual([talks[0]?.lines.length, talks[0]?.lines.at(-1)?.key], [500, '599']);
});
