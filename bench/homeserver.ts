// A homeserver over a folder, as the benchmarks that are about no rival start it.
import type { RunningTarget } from './target.ts';
import { startTarget } from './target-process.ts';

export interface RunningHomeserver extends Omit<RunningTarget, 'setup'> {
  /** As `http://127.0.0.1:8080`. */
  url: string;
  tcpPort: number;
  /** Makes an owner of the account that claims it; empty once there is one. */
  ownerSecret: string;
  /** From calling startServer to listening. */
  startMs: number;
}

/** @param rateFactor multiplies the rate limits; 1 as everybody has them */
export async function startHomeserver(folder: string, rateFactor = 1): Promise<RunningHomeserver> {
  const program = new URL('./homeserver-process.ts', import.meta.url);
  const { setup, ...running } = await startTarget(program, [folder, String(rateFactor)]);
  return {
    ...running,
    ...(setup as unknown as Pick<RunningHomeserver, 'url' | 'tcpPort' | 'ownerSecret' | 'startMs'>),
  };
}
