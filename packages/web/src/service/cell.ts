/** A readable value that its owner sets. */
import type { Readable } from '@parley/client';

export interface Cell<T> extends Readable<T> {
  set(value: T): void;
}

export function cell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe,
    async *values(signal) {
      yield value;
      while (!signal?.aborted) {
        await new Promise<void>((resolve) => {
          const stop = subscribe(() => {
            stop();
            resolve();
          });
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
        if (signal?.aborted) return;
        yield value;
      }
    },
  };
}
