/** Opens the conversation with somebody; who has not one yet is asked. */
import type { Client } from '@parley/client';
import { useCallback } from 'react';
import { navigate } from '../route.ts';
import { useServices } from '../service/services.tsx';
import { explain } from '../ui/explain.ts';
import { roomKey } from '../ui/name.ts';

export function useWriteTo(client: Client): (user: string) => void {
  const { toasts } = useServices();
  return useCallback(
    (user) => {
      client.direct(user).then(
        (room) => navigate({ at: 'room', room: roomKey(room.summary.get()) }),
        (error: unknown) => toasts.show({ text: explain(error), tone: 'bad' }),
      );
    },
    [client, toasts],
  );
}
