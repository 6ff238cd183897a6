import type { Client } from '@parley/client';
import { useEffect } from 'react';
import { useReadable } from '../ui/useReadable.ts';

const key = 'parley.server';

/** What the server is called; the name of last time until it has answered, so that the head of the list does not change. */
export function useServerName(client: Client): string {
  const name = useReadable(client.server, (server) => server?.server.name);
  useEffect(() => {
    if (name) localStorage.setItem(key, name);
  }, [name]);
  return name || localStorage.getItem(key) || location.hostname;
}
