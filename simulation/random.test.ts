import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from './random.ts';

const some = (random: Random): number[] => Array.from({ length: 5 }, () => random.below(1_000));

test('a seed gives the same numbers each time, another seed or label others', () => {
  assert.deepEqual(some(new Random(1)), some(new Random(1)));
  assert.notDeepEqual(some(new Random(1)), some(new Random(2)));
  assert.notDeepEqual(some(new Random(1, 'a')), some(new Random(1, 'b')));
  assert.notDeepEqual(some(new Random(1)), some(new Random(1 + 2 ** 32)));
});

test('numbers are spread over their range, ends included', () => {
  const random = new Random(7);
  const seen = Array.from({ length: 10_000 }, () => random.between(3, 6));
  for (const value of [3, 4, 5, 6]) {
    const count = seen.filter((each) => each === value).length;
    assert.ok(count > 2_300 && count < 2_700, `${value}: ${count}`);
  }
  assert.equal(new Set(seen).size, 4);
});

test('a table is drawn from by weight', () => {
  const random = new Random(7);
  const table = [
    [9, 'often'],
    [1, 'seldom'],
  ] as const;
  const drawn = Array.from({ length: 10_000 }, () => random.weighted(table)[1]);
  const often = drawn.filter((each) => each === 'often').length;
  assert.ok(often > 8_800 && often < 9_200, String(often));
});

test('a fork goes its own way and leaves its source where it was', () => {
  const [one, other] = [new Random(1), new Random(1)];
  some(one.fork('a'));
  other.fork('a');
  assert.deepEqual(some(one), some(other));
});
