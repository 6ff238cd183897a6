import type { Client } from '@parley/client';
import type { Person } from '@parley/protocol';
import { useEffect, useState } from 'react';

/** Who has this id: from what was seen, else asked of the server once; undefined until it is known. */
export function usePerson(client: Client, id: string | undefined): Person | undefined {
  const seen = id === undefined ? undefined : client.person(id);
  const [asked, setAsked] = useState<Person>();
  const missing = id !== undefined && !seen && asked?.id !== id;
  useEffect(() => {
    if (!missing) return;
    const stop = new AbortController();
    client.request('user.get', { users: [id] }, { signal: stop.signal }).then(
      ({ people }) => setAsked(people[0]),
      () => undefined,
    );
    return () => stop.abort();
  }, [client, id, missing]);
  return seen ?? (asked?.id === id ? asked : undefined);
}
