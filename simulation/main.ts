// `npm run simulate -- --seeds 100`: random runs on all processors, each seed once of every kind; `--kind` takes one of
// them, `--from` begins elsewhere. `--seed 7 --kind across` replays one and tells what happened.
import { parseArgs } from 'node:util';
import { describeFailure } from './failure.ts';
import { runMany } from './many.ts';
import { type Kind, kinds, run } from './run.ts';
import { type Order, type Report, replayOf } from './worker.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    kind: { type: 'string' },
    deeds: { type: 'string' },
  },
});
const wanted = kinds.filter((kind) => values.kind === undefined || values.kind === kind);
const deeds = values.deeds === undefined ? {} : { deeds: Number(values.deeds) };

function* orders(): Generator<Order> {
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.seeds); seed++)
    for (const kind of wanted) yield { seed, kind, ...deeds };
}

function tell(report: Report): void {
  process.stdout.write(`${report.isWell ? '✓' : '✗'} ${report.text}\n`);
  if (report.isWell) return;
  process.stdout.write(`  ${replayOf(report)}\n`);
  process.exitCode = 1;
}

async function replay(seed: number, kind: Kind): Promise<void> {
  const { failure, story } = await run(seed, { kind, ...deeds, tells: true });
  process.stdout.write(`${story.join('\n')}\n`);
  if (!failure) return;
  process.stdout.write(`✗ ${describeFailure(failure)}\n`);
  if (failure.cause instanceof Error) process.stdout.write(`${failure.cause.stack ?? ''}\n`);
  process.exitCode = 1;
}

if (values.seed !== undefined) for (const kind of wanted) await replay(Number(values.seed), kind);
else await runMany(orders(), tell);
