// `SEED=7 npm test -- simulation` makes that one run of each kind alone, `SEEDS=100` only so many of the kinds with several servers;
// `npm run simulate -- --seed 7 --kind across` tells what happens in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMany } from './many.ts';
import { type Kind, run } from './run.ts';
import { type Order, replayOf } from './worker.ts';

const one = process.env.SEED;
const given = (count: number): number => Number(process.env.SEEDS ?? count);
const counts: Record<Kind, number> = { home: 30, across: given(2_000), hostile: given(200) };
const about: Record<Kind, string> = {
  home: 'with one server',
  across: 'with several servers',
  hostile: 'with a server that lies',
};
/** Of one test: on a slow machine, too. */
const timeoutMs = 3_600_000;

for (const [kind, count] of Object.entries(counts) as [Kind, number][])
  test(`all is well in the end of ${count} random runs ${about[kind]}`, { timeout: timeoutMs }, async () => {
    const seeds = one === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(one)];
    const failed: string[] = [];
    await runMany(
      seeds.map((seed): Order => ({ seed, kind })),
      (report) => {
        if (!report.isWell) failed.push(`${report.text}\nreplay: ${replayOf(report)}`);
      },
    );
    assert.deepEqual(failed, []);
  });

test('the same seed is the same run', async () => {
  const [one, other] = [await run(3, { tells: true }), await run(3, { tells: true })];
  if (one.story.join('\n') !== other.story.join('\n')) {
    const at = one.story.findIndex((line, i) => line !== other.story[i]);
    throw new Error(`they part at ${one.story[at]} against ${other.story[at]}`);
  }
});
