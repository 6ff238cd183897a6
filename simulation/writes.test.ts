import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellStory } from './writes.ts';

test('a crash before or after any write leads to the same end (S12)', async () => {
  const undisturbed = await tellStory();
  assert.equal(undisturbed.lives, 1);
  assert.ok(undisturbed.writes > 30, String(undisturbed.writes));
  for (let write = 1; write <= undisturbed.writes; write++)
    for (const moment of ['before', 'after'] as const) {
      const where = `crashed ${moment} write ${write}`;
      const ended = await tellStory({ write, moment }).catch((error) => {
        throw new Error(`${where}: ${String(error)}`, { cause: error });
      });
      assert.equal(ended.lives, 2, where);
      assert.deepEqual(ended.logs, undisturbed.logs, where);
    }
});
