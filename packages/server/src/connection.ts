/**
 * Reads one connection's frames and has them answered, a bounded number at a time, so that none costs the others more
 * than a moment: after some frames it is the others' turn, and who asks too fast is read slowly.
 */
import type { Link } from '@parley/link';
import { limits as sizes } from '@parley/protocol';
import type { Context } from './context.ts';
import type { Limits } from './limits.ts';
import type { Router } from './router.ts';
import type { Runtime } from './runtime.ts';

export async function serveLink(context: Context, router: Router, limits: Limits): Promise<void> {
  const { session, hub, runtime, log } = context;
  const { link } = session;
  hub.connected(session);
  const cancel = runtime.setTimer(() => {
    if (!session.who) link.close('idle');
  }, limits.signInMs);
  let wake = (): void => {};
  const oneDone = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const answered = (): void => wake();
  let taken = 0;
  try {
    for await (const frame of link.frames()) {
      if (!session.who && frame.length > sizes.frameBytesBeforeSignIn) {
        link.close('too-large');
        break;
      }
      void router.answer(context, frame).then(answered);
      while (session.underWay >= (session.who ? limits.requestsInFlight : limits.requestsInFlightBeforeSignIn))
        await oneDone();
      if (session.tooFast) {
        session.tooFast = false;
        await pause(link, runtime, limits.tooFastMs);
      } else if (++taken % limits.framesPerTurn === 0) await new Promise<void>((resolve) => runtime.nextTurn(resolve));
    }
  } catch (error) {
    log.warn({ error, connection: session.id }, 'connection failed');
    link.close('failed');
  }
  cancel();
  hub.disconnected(session);
  while (session.underWay > 0) await oneDone();
}

/** Waits, unless the link is over. */
async function pause(link: Link, runtime: Runtime, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = runtime.setTimer(resolve, ms);
  await Promise.race([promise, link.closed]);
  cancel();
}
