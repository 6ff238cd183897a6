import type { Timeline } from '@parley/client';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useReadable } from '../ui/useReadable.ts';
import { useRoomContext } from './context.ts';

/** Asks again for what could not be loaded: when one says so, and by itself when the connection comes back. */
export function useReload(window: Timeline): () => void {
  const { client } = useRoomContext();
  const online = useReadable(client.status, (status) => status.state === 'online');
  const wasOnline = useRef(online);
  const again = () => {
    const { rows, before } = window.get();
    const load = rows.length === 0 ? window.jump('newest') : before ? window.loadBefore() : window.loadAfter();
    // What fails again stands in the state.
    Promise.resolve<unknown>(load).catch(() => undefined);
  };
  const onBack = useEffectEvent(() => {
    if (window.get().error) again();
  });
  useEffect(() => {
    if (online && !wasOnline.current) onBack();
    wasOnline.current = online;
  }, [online]);
  return again;
}
