/** Long uploads and downloads: requests that are repeated until they are answered. Only for those that may be repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Payload, Refusal, type Reply, type RequestName } from '@parley/protocol';
import { exits, Failure } from '../exit.ts';
import type { Connected } from './connect.ts';

const retried = ['unavailable', 'going-away', 'too-fast', 'internal'];
/** An answer that fails so often will not come. */
const maxInternal = 3;
const pauseMs = 500;

/** Waits out rate limits, and lost connections for as long as --timeout says. */
export async function bulk<N extends RequestName>(
  connected: Connected,
  name: N,
  payload: Payload<N>,
): Promise<Reply<N>> {
  const { client, signal, context, url } = connected;
  const { now } = context.shell;
  let giveUpAt: number | undefined;
  let internal = 0;
  for (;;) {
    try {
      return await client.request(name, payload, { signal });
    } catch (error) {
      if (!(error instanceof Refusal) || !retried.includes(error.code)) throw error;
      if (error.code === 'internal' && ++internal >= maxInternal) throw error;
      // Counted from the first failure on: a request that nobody answers has its own time.
      giveUpAt = error.code === 'too-fast' ? undefined : (giveUpAt ?? now() + context.timeoutMs);
      if (giveUpAt !== undefined && now() > giveUpAt)
        throw new Failure(exits.network, 'unavailable', `the connection to ${url} was lost`, { cause: error });
      await sleep(error.detail.retryAfterMs ?? pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
