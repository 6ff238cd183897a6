/** Events for one reader, who may be slower than they come. */
import { Refusal } from '@parley/protocol';

/** Calls `listen` and yields what it is given, until `signal` aborts; past `limit` waiting it ends with `too-slow`. */
export async function* queued<T>(
  listen: (take: (item: T) => void) => () => void,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<T, void, void> {
  let waiting: T[] = [];
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  const stop = listen((item) => {
    if (waiting.length <= limit) waiting.push(item);
    wake();
  });
  signal?.addEventListener('abort', wake);
  try {
    while (!signal?.aborted) {
      changed = Promise.withResolvers();
      const batch = waiting;
      if (batch.length > limit) throw new Refusal('too-slow');
      waiting = [];
      for (const item of batch) yield item;
      if (waiting.length === 0 && !signal?.aborted) await changed.promise;
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', wake);
  }
}
