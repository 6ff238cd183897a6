import type { Client, Room } from '@parley/client';
import { useEffect, useState } from 'react';
import { useReadable } from '../ui/useReadable.ts';
import { onEntries } from './onEntries.ts';

const askAfterMs = 300;
const moves = new Set(['member', 'erase']);

/** How many people are in the room: asked again when somebody came or went, as the room's view tells it only at sync. */
export function useMemberCount(client: Client, room: Room): number {
  const view = useReadable(room.summary, (summary) => summary.view);
  const [held, setHeld] = useState({ view, count: view.members });
  useEffect(
    () =>
      onEntries(client, room.id, moves, askAfterMs, () => {
        client.request('room.get', { room: room.id }).then(
          (reply) => setHeld({ view: room.summary.get().view, count: reply.room.members }),
          () => undefined,
        );
      }),
    [client, room],
  );
  return held.view === view ? held.count : view.members;
}
