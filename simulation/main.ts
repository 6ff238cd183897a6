// `npm run simulate -- --seeds 100`: random runs, one after another. `--seed 7` replays one and tells what happened.
import { parseArgs } from 'node:util';
import { describeFailure } from './failure.ts';
import { run } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    deeds: { type: 'string', default: '120' },
  },
});
const deeds = Number(values.deeds);
const one = values.seed === undefined ? undefined : Number(values.seed);
const seeds =
  one === undefined ? Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i) : [one];

let failures = 0;
for (const seed of seeds) {
  const startedMs = performance.now();
  const { failure, story, entries, lives, steps } = await run(seed, { deeds, tells: one !== undefined });
  if (one !== undefined) process.stdout.write(`${story.join('\n')}\n`);
  const tookMs = Math.round(performance.now() - startedMs);
  if (!failure) {
    process.stdout.write(`✓ seed ${seed}: ${entries} entries, ${lives} lives, ${steps} steps, ${tookMs} ms\n`);
    continue;
  }
  failures += 1;
  process.stdout.write(`✗ ${describeFailure(failure)}\n`);
  if (one !== undefined && failure.cause instanceof Error) process.stdout.write(`${failure.cause.stack ?? ''}\n`);
  process.stdout.write(`  npm run simulate -- --seed ${seed}${deeds === 120 ? '' : ` --deeds ${deeds}`}\n`);
}
if (failures > 0) process.exitCode = 1;
