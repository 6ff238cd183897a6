// `npm run simulate -- --seeds 100`: random runs, one after another, each seed once with one homeserver and once with
// several; `--kind` takes one of them. `--seed 7 --kind across` replays one and tells what happened.
import { parseArgs } from 'node:util';
import { describeFailure } from './failure.ts';
import { type Kind, run, usualDeeds } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    kind: { type: 'string' },
    deeds: { type: 'string' },
  },
});
const one = values.seed === undefined ? undefined : Number(values.seed);
const seeds =
  one === undefined ? Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.from) + i) : [one];
const kinds = (['home', 'across'] as const).filter((kind) => values.kind === undefined || values.kind === kind);

async function runOne(seed: number, kind: Kind): Promise<boolean> {
  const startedMs = performance.now();
  const deeds = values.deeds === undefined ? usualDeeds[kind] : Number(values.deeds);
  const { failure, story, entries, lives, steps } = await run(seed, { kind, deeds, tells: one !== undefined });
  if (one !== undefined) process.stdout.write(`${story.join('\n')}\n`);
  const tookMs = Math.round(performance.now() - startedMs);
  if (!failure) {
    process.stdout.write(`✓ seed ${seed} ${kind}: ${entries} entries, ${lives} lives, ${steps} steps, ${tookMs} ms\n`);
    return true;
  }
  process.stdout.write(`✗ ${describeFailure(failure)}\n`);
  if (one !== undefined && failure.cause instanceof Error) process.stdout.write(`${failure.cause.stack ?? ''}\n`);
  const more = values.deeds === undefined ? '' : ` --deeds ${deeds}`;
  process.stdout.write(`  npm run simulate -- --seed ${seed} --kind ${kind}${more}\n`);
  return false;
}

for (const seed of seeds) for (const kind of kinds) if (!(await runOne(seed, kind))) process.exitCode = 1;
