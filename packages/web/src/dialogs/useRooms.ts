/** The public rooms of a server, page by page. */
import { type Client, readServer } from '@parley/client';
import { Refusal, type RoomView } from '@parley/protocol';
import { useEffect, useState } from 'react';
import { explain } from '../ui/explain.ts';

const pageSize = 50;
/** Waits for a pause in typing before a server is asked. */
const askAfterMs = { here: 150, elsewhere: 400 };

export interface Found {
  rooms: readonly RoomView[];
  more: boolean;
  error?: string;
}
const nothing: Found = { rooms: [], more: false };

/** @param server as it was typed; empty for one's own */
export function useRooms(client: Client, query: string, server: string) {
  const [found, setFound] = useState<Found>(nothing);
  const [busy, setBusy] = useState(true);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      try {
        const page = await client.request('room.list', asked(client, query, server), { signal: stop.signal });
        if (!stop.signal.aborted) setFound(page);
      } catch (error) {
        if (!stop.signal.aborted) setFound({ ...nothing, error: explainList(error, server) });
      }
      if (!stop.signal.aborted) setBusy(false);
    };
    setBusy(true);
    const timer = setTimeout(ask, server ? askAfterMs.elsewhere : query ? askAfterMs.here : 0);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [client, query, server]);
  const loadMore = async () => {
    const after = found.rooms.at(-1)?.alias;
    if (!after) return;
    setBusy(true);
    try {
      const page = await client.request('room.list', { ...asked(client, query, server), after });
      setFound({ rooms: [...found.rooms, ...page.rooms], more: page.more });
    } catch (error) {
      setFound({ ...found, more: false, error: explainList(error, server) });
    }
    setBusy(false);
  };
  return { found, busy, loadMore };
}

function asked(client: Client, query: string, typed: string) {
  const server = typed === '' ? undefined : client.servers.elsewhere(typed);
  return { ...(query ? { query } : {}), ...(server === undefined ? {} : { server }), limit: pageSize };
}

function explainList(error: unknown, server: string): string {
  if (server === '') return explain(error);
  if (readServer(server) === undefined) return 'A server is written as chat.example.org.';
  const isOffline = error instanceof Refusal && error.code === 'unavailable';
  return isOffline
    ? `${server} cannot be asked now. Try again later.`
    : explain(error, { 'not-found': `Your server does not know ${server}. Its operator can link the two.` });
}
