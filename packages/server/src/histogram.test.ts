import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durations, Histogram } from './histogram.ts';

test('a histogram counts what was at most each bound, and all of it at the end', () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const seconds of [0, 1, 1.5, 2, 3, 100, -1]) histogram.observe(seconds);
  assert.deepEqual(histogram.cumulative, [3, 5, 6, 7]);
  assert.equal(histogram.sum, 107.5, 'nothing takes less than no time');
  assert.deepEqual(new Histogram().cumulative, Array(durations.length + 1).fill(0));
  assert.deepEqual(
    durations,
    durations.toSorted((a, b) => a - b),
  );
});
