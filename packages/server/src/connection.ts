/** Reads one connection's frames and has them answered, a bounded number at a time; reads no further until one is done. */
import { limits as sizes } from '@parley/protocol';
import type { Context } from './context.ts';
import type { Limits } from './limits.ts';
import type { Router } from './router.ts';

export async function serveLink(context: Context, router: Router, limits: Limits): Promise<void> {
  const { session, hub, here, runtime, log } = context;
  const { link } = session;
  hub.connected(session);
  const cancel = runtime.setTimer(() => {
    if (!session.who) link.close('idle');
  }, limits.signInMs);
  const underWay = new Set<Promise<void>>();
  try {
    for await (const frame of link.frames()) {
      if (!session.who && frame.length > sizes.frameBytesBeforeSignIn) {
        link.close('too-large');
        break;
      }
      const answered = router.answer(context, frame).finally(() => underWay.delete(answered));
      underWay.add(answered);
      const most = session.who ? limits.requestsInFlight : limits.requestsInFlightBeforeSignIn;
      if (underWay.size >= most) await Promise.race(underWay);
    }
  } catch (error) {
    log.warn({ error, connection: session.id }, 'connection failed');
    link.close('failed');
  }
  cancel();
  const rooms = [...session.following];
  hub.disconnected(session);
  if (session.who) here.presence.changed(session, rooms);
  await Promise.allSettled(underWay);
}
