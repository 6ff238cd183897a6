// Many random runs, as many at a time as there are processors: each in a process of its own, which then makes the next.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Order, Report } from './worker.ts';

/** Garbage is collected less often: a run takes a tenth less. */
const execArgv = ['--max-semi-space-size=64'];

/** A process that has made so many is replaced: what a run leaves behind in memory goes with it. */
const runsOfProcess = 100;

/** Makes the runs in order and tells what became of each, in any order. Rejects when a process dies. */
export async function runMany(orders: Iterable<Order>, done: (report: Report) => void): Promise<void> {
  const rest = orders[Symbol.iterator]();
  const workers = new Set<ChildProcess>();
  const go = async (): Promise<void> => {
    while (!(await work(workers, rest, done)));
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, go));
  } finally {
    for (const worker of workers) worker.kill();
  }
}

/** One process; resolves with whether nothing is left to do. */
function work(workers: Set<ChildProcess>, rest: Iterator<Order>, done: (report: Report) => void): Promise<boolean> {
  const worker = fork(new URL('./worker.ts', import.meta.url), { execArgv });
  workers.add(worker);
  return new Promise((resolve, reject) => {
    let order: Order | undefined;
    let count = 0;
    const end = (isDone: boolean): void => {
      workers.delete(worker);
      resolve(isDone);
      worker.kill();
    };
    const next = (): void => {
      const isSpent = count++ === runsOfProcess;
      order = isSpent ? undefined : rest.next().value;
      if (order) worker.send(order);
      else end(!isSpent);
    };
    worker.on('message', (report: Report) => {
      done(report);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code, signal) => reject(new Error(`seed ${order?.seed} ended its process: ${code ?? signal}`)));
    next();
  });
}
