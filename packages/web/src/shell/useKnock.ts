/** Asking to be let into a room that one is not in, and what comes of it. */
import type { Client } from '@parley/client';
import type { RoomView, ServerEvent } from '@parley/protocol';
import { useEffect, useRef, useState } from 'react';
import { follow } from '../room/onEntries.ts';
import { useServices } from '../service/services.tsx';
import { codeOf, explain } from '../ui/explain.ts';
import { placed, roomTag } from '../ui/name.ts';

export interface Knock {
  ask(): Promise<void>;
  withdraw(): Promise<void>;
  /** The server that keeps the room has not heard of it yet. */
  waits: boolean;
}

/** `changed` is called when what one is to the room may be something else now, by whatever device. */
export function useKnock(client: Client, room: RoomView, changed: () => void): Knock {
  const { toasts } = useServices();
  const { id, server } = room;
  const [waits, setWaits] = useState(false);
  const tell = useRef(changed);
  tell.current = changed;
  const name = roomTag(placed(client, room));
  useEffect(() => {
    const stop = new AbortController();
    void follow(client, stop.signal, (event) => {
      if (aboutRoom(event) !== id) return;
      setWaits(false);
      if (event.event === 'room.removed' && event.payload.how === 'denied')
        toasts.show({ text: `You were not let into ${name}`, tone: 'bad' });
      tell.current();
    });
    return () => stop.abort();
  }, [client, id, name, toasts]);
  const act = async (request: 'room.knock' | 'room.leave') => {
    const at = request === 'room.knock' && server !== undefined ? { server } : {};
    try {
      const { outcome } = await client.request(request, { room: id, clientId: client.newClientId(), ...at });
      setWaits(outcome === 'queued');
      if (outcome === 'queued') return;
    } catch (error) {
      // Another device was first.
      if (codeOf(error) !== 'duplicate' && codeOf(error) !== 'not-a-member')
        toasts.show({ text: explain(error), tone: 'bad' });
    }
    tell.current();
  };
  return { ask: () => act('room.knock'), withdraw: () => act('room.leave'), waits };
}

function aboutRoom({ event, payload }: ServerEvent): string | undefined {
  if (event === 'room.removed' || event === 'outcome.decided') return payload.room;
  return event === 'room.changed' || event === 'room.invited' ? payload.room.id : undefined;
}
