import type { Client } from '@parley/client';
import type { ServerEvent } from '@parley/protocol';

/** Calls `act` some time after entries of these kinds in a room, once for many. Returns what stops it. */
export function onEntries(
  client: Client,
  room: string,
  kinds: ReadonlySet<string>,
  afterMs: number,
  act: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = new AbortController();
  void follow(client, stop.signal, (event) => {
    if (event.event !== 'entry.appended' || event.payload.room !== room || !kinds.has(event.payload.kind)) return;
    clearTimeout(timer);
    timer = setTimeout(act, afterMs);
  });
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}

async function follow(client: Client, signal: AbortSignal, take: (event: ServerEvent) => void): Promise<void> {
  try {
    for await (const event of client.events(signal)) take(event);
  } catch {
    // The connection is closed for good; what is shown stays.
  }
}
