/** Work that nobody asks for: once at the start and every hour. */
import type { Log } from './log.ts';
import type { Runtime } from './runtime.ts';

const everyMs = 3_600_000;

/** Runs the jobs one after another, a failed one again in an hour; returns what stops it. */
export function keepUp(
  runtime: Pick<Runtime, 'setTimer'>,
  log: Log,
  jobs: Readonly<Record<string, () => Promise<unknown>>>,
): () => void {
  let stopped = false;
  let cancel = (): void => {};
  const run = async (): Promise<void> => {
    for (const [job, work] of Object.entries(jobs)) {
      try {
        if (!stopped) await work();
      } catch (error) {
        if (!stopped) log.error({ error, job }, 'upkeep failed; trying again');
      }
    }
    if (!stopped) cancel = runtime.setTimer(() => void run(), everyMs);
  };
  void run();
  return () => {
    stopped = true;
    cancel();
  };
}
