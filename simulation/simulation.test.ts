// `SEED=7 npm test -- simulation` runs that one seed alone; `npm run simulate -- --seed 7` tells what happens in it.
import { test } from 'node:test';
import { describeFailure } from './failure.ts';
import { run } from './run.ts';

const given = process.env.SEED;
const seeds = given === undefined ? Array.from({ length: 30 }, (_, i) => i + 1) : [Number(given)];

for (const seed of seeds)
  test(`all is well in the end of random run ${seed}`, async () => {
    const { failure } = await run(seed);
    if (failure)
      throw new Error(`${describeFailure(failure)}\nreplay: npm run simulate -- --seed ${seed}`, { cause: failure });
  });

test('the same seed is the same run', async () => {
  const [one, other] = [await run(3, { tells: true }), await run(3, { tells: true })];
  if (one.story.join('\n') !== other.story.join('\n')) {
    const at = one.story.findIndex((line, i) => line !== other.story[i]);
    throw new Error(`they part at ${one.story[at]} against ${other.story[at]}`);
  }
});
