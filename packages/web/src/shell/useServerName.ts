import type { Client } from '@parley/client';
import { useEffect } from 'react';
import { capabilities } from '../platform/capabilities.ts';
import { useReadable } from '../ui/useReadable.ts';

const key = 'parley.server';

/** What the server is called; the name of last time until it has answered, so that the head of the list does not change. */
export function useServerName(client: Client): string {
  const said = useReadable(client.server, (server) => server?.server.name);
  // A server without a name of its own calls itself localhost; from elsewhere it is known by its address.
  const name = said === 'localhost' && !capabilities().local ? location.hostname : said;
  useEffect(() => {
    if (name) localStorage.setItem(key, name);
  }, [name]);
  return name || localStorage.getItem(key) || location.hostname;
}
