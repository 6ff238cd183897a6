// Every play of several servers stands in a file of its own, and is played there with no directory at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plays } from './servers.ts';
import './servers.test.ts';
import './servers-invitations.test.ts';
import './servers-joining.test.ts';
import './servers-liar.test.ts';
import './servers-moderation.test.ts';
import './servers-restore.test.ts';

/** Of all together, on a slow machine. */
const timeoutMs = 3_600_000;

test('the whole suite passes with the directory killed after the first second, and with none at all', {
  timeout: timeoutMs,
}, async (t) => {
  assert.ok(plays.size > 30);
  for (const [title, play] of plays) await t.test(title, { timeout: timeoutMs }, () => play('directory'));
});
