/** Waiting in the time of the runtime. */
import { Refusal } from '@parley/protocol';
import type { Readable, Runtime } from './api.ts';

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(runtime: Runtime, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = runtime.setTimer(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

const unsaidWaitMs = 1_000;

/** Does it, again and again while a rate limit tells to wait; rejects with the signal's reason when it aborts meanwhile. */
export async function unhurried<T>(runtime: Runtime, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'too-fast') throw error;
      await sleep(runtime, error.detail.retryAfterMs ?? unsaidWaitMs, signal);
    }
  }
}

/** The first value that passes; rejects with the signal's reason when it aborts first. */
export async function until<T, S extends T>(
  readable: Readable<T>,
  passes: (value: T) => value is S,
  signal?: AbortSignal,
): Promise<S> {
  for await (const value of readable.values(signal)) if (passes(value)) return value;
  throw signal?.reason;
}
