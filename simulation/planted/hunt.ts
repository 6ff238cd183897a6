// Looks for the planted bug whose name is the argument: exits 0 and prints how it was caught, or exits 1.
import { describeFailure } from '../failure.ts';
import type { Planted } from './planted.ts';

/** Runs until it is given up. */
const seeds = 60;

const name = process.argv[2] ?? '';
const { planted } = (await import(`./${name}.ts`)) as { planted: Planted };

async function hunt(): Promise<string | undefined> {
  if (planted.check === 'writes') {
    const { crashAroundEveryWrite } = await import('../writes.ts');
    return crashAroundEveryWrite().then(() => undefined, describeFailure);
  }
  const { run } = await import('../run.ts');
  for (let seed = 1; seed <= seeds; seed++) {
    const { failure } = await run(seed, { deeds: 150 });
    if (failure) return describeFailure(failure);
  }
  return undefined;
}

const caught = await hunt();
process.stdout.write(`${caught ?? 'nothing was noticed'}\n`);
process.exit(caught !== undefined && planted.caughtBy.test(caught) ? 0 : 1);
