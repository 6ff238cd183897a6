// Looks for the planted bug whose name is the argument: exits 0 and prints how it was caught, or exits 1. A second
// argument takes that check in place of its own, a third one begins at that seed.
import { run as runTests } from 'node:test';
import { describeFailure } from '../failure.ts';
import type { Planted } from './planted.ts';

/** Runs until it is given up. */
const seeds = 60;

const [name = '', otherCheck, otherFrom] = process.argv.slice(2);
const { planted } = (await import(`./${name}.ts`)) as { planted: Planted };
const check = (otherCheck ?? planted.check ?? 'home') as NonNullable<Planted['check']>;

async function hunt(): Promise<string | undefined> {
  if (check === 'writes') {
    const { crashAroundEveryWrite } = await import('../writes.ts');
    return crashAroundEveryWrite().then(() => undefined, describeFailure);
  }
  if (check === 'stories')
    return play(new URL(`../stories/${planted.stories ?? '*'}.test.ts`, import.meta.url).pathname);
  const { run } = await import('../run.ts');
  const from = Number(otherFrom ?? planted.from ?? 1);
  for (let seed = from; seed < from + seeds; seed++) {
    const { failure } = await run(seed, check === 'home' ? { kind: check, deeds: 150 } : { kind: check });
    if (failure) return describeFailure(failure);
  }
  return undefined;
}

/** The first play that fails. */
async function play(files: string): Promise<string | undefined> {
  const events = runTests({ globPatterns: [files], isolation: 'none', timeout: 60_000 });
  for await (const { type, data } of events)
    if (type === 'test:fail' && data.details.error) return `${data.name}: ${describeFailure(data.details.error)}`;
  return undefined;
}

const caught = await hunt();
process.stdout.write(`${caught ?? 'nothing was noticed'}\n`);
process.exit(caught !== undefined && planted.caughtBy.test(caught) ? 0 : 1);
