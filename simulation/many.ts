// Many random runs, as many at a time as there are processors: each in a process of its own, which then makes the next.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Order, Report } from './worker.ts';

/** Garbage is collected less often: a run takes a tenth less. */
const execArgv = ['--max-semi-space-size=64'];

/** Makes the runs in order and tells what became of each, in any order. Rejects when a process dies. */
export async function runMany(orders: Iterable<Order>, done: (report: Report) => void): Promise<void> {
  const rest = orders[Symbol.iterator]();
  const workers: ChildProcess[] = [];
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, () => work(workers, rest, done)));
  } finally {
    for (const worker of workers) worker.kill();
  }
}

function work(workers: ChildProcess[], rest: Iterator<Order>, done: (report: Report) => void): Promise<void> {
  const worker = fork(new URL('./worker.ts', import.meta.url), { execArgv });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    let order: Order | undefined;
    const next = (): void => {
      order = rest.next().value;
      if (order) worker.send(order);
      else resolve();
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
