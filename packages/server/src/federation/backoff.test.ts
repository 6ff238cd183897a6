import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelayMs } from './backoff.ts';

test('the window doubles from one second to five minutes and stays there, and chance picks in all of it', () => {
  const longest = (failures: number) => retryDelayMs(failures, () => 1 - 2 ** -53);
  assert.deepEqual([1, 2, 3, 8, 9, 10, 5_000].map(longest), [999, 1_999, 3_999, 127_999, 255_999, 299_999, 299_999]);
  assert.equal(
    retryDelayMs(9, () => 0),
    0,
  );
  assert.equal(
    retryDelayMs(1, () => 0.5),
    500,
  );
});
