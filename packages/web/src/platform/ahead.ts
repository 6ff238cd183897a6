/** Things that take time by themselves are begun before what they are for is there. */
import type { Client } from '@parley/client';
import type { Dial, Link } from '@parley/link';
import { parseRoute } from '../route.ts';

/** Dials for the first time at once; later when it is asked for. */
export function dialAhead(dial: Dial): Dial {
  const early = new AbortController();
  let first: Promise<Link> | undefined = dial(early.signal);
  first.catch(() => undefined);
  return (signal) => {
    if (!first) return dial(signal);
    const link = first;
    first = undefined;
    if (signal?.aborted) early.abort(signal.reason);
    else signal?.addEventListener('abort', () => early.abort(signal.reason), { once: true });
    return link;
  };
}

/** As soon as rooms are known, what was last said in the one to be shown is read while they are drawn. */
export function readAhead(client: Pick<Client, 'room' | 'rooms'>, lastRoom: string | null): void {
  const stop = client.rooms.subscribe(() => {
    if (client.rooms.get().length === 0) return;
    stop();
    const route = parseRoute(location.hash);
    const wanted = route.at === 'room' ? route.room : lastRoom;
    if (wanted) client.room(wanted)?.timeline().close();
  });
}
