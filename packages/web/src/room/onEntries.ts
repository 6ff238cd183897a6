import type { Client } from '@parley/client';
import type { RawEntry, ServerEvent } from '@parley/protocol';

/** Calls `act` with each new entry of these kinds in a room. Returns what stops it. */
export function onEntry(
  client: Pick<Client, 'events'>,
  room: string,
  kinds: ReadonlySet<string>,
  act: (entry: RawEntry) => void,
): () => void {
  const stop = new AbortController();
  void follow(client, stop.signal, (event) => {
    if (event.event === 'entry.appended' && event.payload.room === room && kinds.has(event.payload.kind))
      act(event.payload);
  });
  return () => stop.abort();
}

/** Calls `act` some time after such entries, once for many. Returns what stops it. */
export function onEntries(
  client: Client,
  room: string,
  kinds: ReadonlySet<string>,
  afterMs: number,
  act: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = onEntry(client, room, kinds, () => {
    clearTimeout(timer);
    timer = setTimeout(act, afterMs);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/** Calls `take` with every event until it is stopped. */
export async function follow(
  client: Pick<Client, 'events'>,
  signal: AbortSignal,
  take: (event: ServerEvent) => void,
): Promise<void> {
  try {
    for await (const event of client.events(signal)) take(event);
  } catch {
    // The connection is closed for good; what is shown stays.
  }
}
