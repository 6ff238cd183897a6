// Opening a link: settles once, gives up when aborted or when the handshake takes too long.
import { handshakeMs } from './limits.ts';
import { type Link, LinkClosed } from './link.ts';
import type { Timers } from './runtime.ts';

export interface Opening {
  /** The link is open. After an abort it is too late: the link is closed again. */
  opened(link: Link): void;
  failed(error: LinkClosed): void;
}

/** `start` begins and returns what abandons the attempt. Without timers the attempt may take for ever. */
export async function open(
  signal: AbortSignal | undefined,
  timers: Timers | undefined,
  start: (opening: Opening) => () => void,
): Promise<Link> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Link>();
  let settled = false;
  let cancel: (() => void) | undefined;
  let abandon: (() => void) | undefined;
  const onAbort = (): void => giveUp(signal?.reason);
  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    cancel?.();
    signal?.removeEventListener('abort', onAbort);
    return true;
  };
  const giveUp = (error: unknown): void => {
    if (!settle()) return;
    reject(error);
    abandon?.();
  };
  abandon = start({
    opened: (link) => (settle() ? resolve(link) : link.close('done')),
    failed: (error) => settle() && reject(error),
  });
  if (settled) return promise;
  signal?.addEventListener('abort', onAbort);
  cancel = timers?.setTimer(
    () => giveUp(new LinkClosed('lost', { cause: new Error('the handshake took too long') })),
    handshakeMs,
  );
  return promise;
}
