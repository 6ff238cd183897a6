// Both ends of the talk between the benchmark and a server's process, over the channel that fork opens.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CpuTime, RunningTarget, Setup } from './target.ts';

interface Started {
  port: number;
  setup: Setup;
}
type Question = { id: number; ask: 'cpu' | 'rss' };
type Answer = { id: number; value: number[] };

const startTimeoutMs = 15_000;
const stopTimeoutMs = 5_000;

/** In the server's process: starts the server, tells its port, then answers until the benchmark goes away. */
export async function serveTarget(start: () => Promise<{ port: number; setup?: Setup }>): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, ask }: Question) => {
    const { user, system } = process.cpuUsage();
    const answer: Answer = { id, value: ask === 'cpu' ? [user, system] : [process.memoryUsage.rss()] };
    process.send?.(answer);
  });
  const { port, setup = null } = await start();
  const started: Started = { port, setup };
  process.send?.(started);
}

/** Starts a server's process and waits for its port. Rejects when it ends or says nothing for 15 seconds. */
export async function startTarget(module: URL, args: string[] = []): Promise<RunningTarget> {
  // The options of this process (those of the test runner, say) are not the server's.
  const child = fork(fileURLToPath(module), args, { execArgv: [] });
  const exited = once(child, 'exit');
  const gone = exited.then(() => Promise.reject(new Error(`the server's process ended: ${module.pathname}`)));
  gone.catch(() => undefined);
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(timer);
  };
  let asked = 0;
  const waiting = new Map<number, (value: number[]) => void>();
  const ask = (what: Question['ask']) => {
    const id = ++asked;
    const answer = new Promise<number[]>((resolve) => waiting.set(id, resolve));
    child.send({ id, ask: what } satisfies Question);
    return Promise.race([answer, gone]);
  };
  try {
    const [started] = (await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(startTimeoutMs) }),
      gone,
    ])) as [Started];
    child.on('message', ({ id, value }: Answer) => {
      waiting.get(id)?.(value);
      waiting.delete(id);
    });
    return {
      ...started,
      async cpu(): Promise<CpuTime> {
        const [userUs = 0, systemUs = 0] = await ask('cpu');
        return { userUs, systemUs };
      },
      rssBytes: async () => (await ask('rss'))[0] ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
