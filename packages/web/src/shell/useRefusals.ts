/**
 * Acts that are refused and have no row to say so: those that were queued for another server are told here when it has
 * decided, and what is no message is given up, for nobody could try it again.
 */
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
      const row = client.outbox.get().find((one) => one.clientId === payload.clientId && one.room === payload.room);
      if (row?.request === 'message.send') return;
      const summary = client.room(payload.room)?.summary.get();
      const { code } = payload.outcome;
      const where = summary ? `Refused in ${roomTag(summary)}` : 'Refused';
      toasts.show({ text: `${where}: ${errors[isErrorCode(code) ? code : 'internal'].meaning}`, tone: 'bad' });
    });
    const giveUp = () => {
      for (const row of client.outbox.get())
        if (row.state === 'failed' && row.request !== 'message.send') void client.discard(row).catch(() => undefined);
    };
    giveUp();
    const stopWatching = client.outbox.subscribe(giveUp);
    return () => {
      stop.abort();
      stopWatching();
    };
  }, [client, toasts]);
}
