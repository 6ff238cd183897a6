/** What can come later must not take connection and processor from what one waits for. */
import type { Client } from '@parley/client';

/** A connection that is slower than this is not waited for. */
const mostMs = 1_000;
/** Time to draw what has arrived. */
const drawMs = 100;

/** Calls `act` when the client is in sync, or is known to have no session or no server. Returns what stops it. */
export function whenSettled(client: Pick<Client, 'status'>, act: () => void): () => void {
  let timer = setTimeout(go, mostMs);
  const stopWatching = client.status.subscribe(look);
  function look() {
    if (client.status.get().state === 'connecting') return;
    stopWatching();
    clearTimeout(timer);
    timer = setTimeout(go, drawMs);
  }
  function go() {
    stopWatching();
    act();
  }
  look();
  return () => {
    stopWatching();
    clearTimeout(timer);
  };
}
