/** Other servers that can be offered by name: those that were met, and for operators all that are linked. */
import type { Client } from '@parley/client';
import type { SignedIn } from '@parley/protocol';
import { useEffect, useMemo } from 'react';
import { useReadable } from '../ui/useReadable.ts';

export function useServerChoices(client: Client, me: SignedIn): readonly string[] {
  const known = useReadable(client.servers);
  const mayAsk = me.serverRole !== 'user';
  useEffect(() => {
    // The client learns the names from the answer.
    if (mayAsk) client.request('peer.list', {}).catch(() => undefined);
  }, [client, mayAsk]);
  return useMemo(() => [...known.values()].flatMap(({ name }) => name ?? []).toSorted(), [known]);
}
