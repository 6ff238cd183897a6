// One measurement: a fresh server, a fresh load generator, a warm-up, and the server's CPU time around the run.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Load, LoadResult } from './load.ts';
import type { LoadOrder, LoadReport } from './load-process.ts';
import type { Target } from './target.ts';

const warmUpMs = 8000;
const reportTimeoutMs = 90_000;

export interface Measurement extends LoadResult {
  serverCpuUs: number;
  loadCpuUs: number;
  /** of the server's process after the run, all readers still connected */
  rssBytes: number;
}

async function report<Kind extends LoadReport['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<LoadReport, { kind: Kind }>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(reportTimeoutMs)]);
  const gone = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the load generator ended early')));
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), gone])) as [LoadReport];
    if (message.kind !== kind) throw new Error(`the load generator reported ${message.kind} instead of ${kind}`);
    return message as Extract<LoadReport, { kind: Kind }>;
  } finally {
    gone.catch(() => undefined);
    stop.abort();
  }
}

/** Runs one load against one target. Rejects when either process fails or takes more than 90 seconds. */
export async function measure(target: Target, readers: number, load: Load): Promise<Measurement> {
  const server = await target.start();
  const generator = fork(fileURLToPath(new URL('./load-process.ts', import.meta.url)), [], { execArgv: [] });
  const exited = once(generator, 'exit');
  try {
    const ready = report(generator, 'ready');
    // A server that has run for a while has compiled what it runs: so it is with every target before its time is taken.
    const warmUp: Load = { ...load, rate: 'saturated', durationMs: warmUpMs };
    const { port, setup } = server;
    generator.send({ target: target.name, port, setup, readers, warmUp, load } satisfies LoadOrder);
    await ready;
    const before = await server.cpu();
    const done = report(generator, 'done');
    generator.send('go');
    const { result, cpuUs } = await done;
    const after = await server.cpu();
    const serverCpuUs = after.userUs - before.userUs + after.systemUs - before.systemUs;
    return { ...result, serverCpuUs, loadCpuUs: cpuUs, rssBytes: await server.rssBytes() };
  } finally {
    generator.kill('SIGKILL');
    await exited;
    await server.stop();
  }
}
