// A process that makes one random run after another, as it is asked to.
import { describeFailure } from './failure.ts';
import { type Kind, run } from './run.ts';

export interface Order {
  seed: number;
  kind: Kind;
  /** As many as the seed says, unless given. */
  deeds?: number;
}

/** What became of a run, in words. */
export interface Report extends Order {
  isWell: boolean;
  text: string;
}

export async function follow(order: Order): Promise<Report> {
  const { seed, kind } = order;
  const startedMs = performance.now();
  const { failure, entries, lives, steps } = await run(seed, order);
  const tookMs = Math.round(performance.now() - startedMs);
  const text = failure
    ? describeFailure(failure)
    : `seed ${seed} ${kind}: ${entries} entries, ${lives} lives, ${steps} steps, ${tookMs} ms`;
  return { ...order, isWell: !failure, text };
}

/** What replays a run and tells what happens in it. */
export function replayOf({ seed, kind, deeds }: Order): string {
  return `npm run simulate -- --seed ${seed} --kind ${kind}${deeds === undefined ? '' : ` --deeds ${deeds}`}`;
}

if (process.send) process.on('message', (order: Order) => void follow(order).then((report) => process.send?.(report)));
