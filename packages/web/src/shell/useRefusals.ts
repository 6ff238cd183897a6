/** Acts in rooms of other servers that were queued and are refused later: what waits in the outbox says so itself, the rest here. */
import type { Client } from '@parley/client';
import { errors, isErrorCode } from '@parley/protocol';
import { useEffect } from 'react';
import { follow } from '../room/onEntries.ts';
import { useServices } from '../service/services.tsx';
import { roomTag } from '../ui/name.ts';

export function useRefusals(client: Client): void {
  const { toasts } = useServices();
  useEffect(() => {
    const stop = new AbortController();
    void follow(client, stop.signal, ({ event, payload }) => {
      if (event !== 'outcome.decided' || payload.outcome.outcome !== 'refused') return;
      if (client.outbox.get().some(({ clientId }) => clientId === payload.clientId)) return;
      const summary = client.room(payload.room)?.summary.get();
      const { code } = payload.outcome;
      const where = summary ? `Refused in ${roomTag(summary)}` : 'Refused';
      toasts.show({ text: `${where}: ${errors[isErrorCode(code) ? code : 'internal'].meaning}`, tone: 'bad' });
    });
    return () => stop.abort();
  }, [client, toasts]);
}
