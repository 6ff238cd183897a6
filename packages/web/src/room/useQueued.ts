/** Messages that one's own server keeps until the room's server, which is another one, has decided. */
import type { Client, Room } from '@parley/client';
import { useEffect, useState } from 'react';
import { useReadable } from '../ui/useReadable.ts';

/** Whether a time (Unix ms) has come; undefined never does. */
export function useReached(at: number | undefined): boolean {
  const [reached, setReached] = useState(at !== undefined && at <= Date.now());
  useEffect(() => {
    const leftMs = at === undefined ? undefined : at - Date.now();
    setReached(leftMs !== undefined && leftMs <= 0);
    if (leftMs === undefined || leftMs <= 0) return;
    const timer = setTimeout(() => setReached(true), leftMs);
    return () => clearTimeout(timer);
  }, [at]);
  return reached && at !== undefined;
}

/** How many of a room's messages are queued, when the oldest was sent, and which is the newest. */
export function useQueued(
  client: Client,
  room: Room,
): { messages: number; since: number | undefined; newest: string | undefined } {
  const isQueued = (row: { room: string; request: string; state: string }) =>
    row.room === room.id && row.request === 'message.send' && row.state === 'queued';
  const messages = useReadable(client.outbox, (rows) => rows.filter(isQueued).length);
  const since = useReadable(client.outbox, (rows) => rows.find(isQueued)?.at);
  const newest = useReadable(client.outbox, (rows) => rows.findLast(isQueued)?.clientId);
  return { messages, since, newest };
}
