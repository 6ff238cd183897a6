/** What floats over every screen: tips, notes and the voice for screen readers. Tips and notes load when the app is idle. */
import type { Client } from '@parley/client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { whenSettled } from '../platform/settled.ts';
import { useServices } from '../service/services.tsx';
import { DialogParts } from './Dialog.tsx';
import { later } from './later.tsx';
import { MenuParts } from './Menu.tsx';

const TipLayer = later(() => import('./lazy/TipLayer.tsx').then((layer) => layer.TipLayer));
const ToastLayer = later(() => import('./lazy/ToastLayer.tsx').then((layer) => layer.ToastLayer));

export function Layers({ client }: { client: Client }) {
  const { announcer, toasts } = useServices();
  const said = useSyncExternalStore(announcer.subscribe, announcer.get);
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    // The first paint and the first messages come before this.
    const stop = whenSettled(client, () => {
      setIdle(true);
      void Promise.all([MenuParts.preload(), DialogParts.preload()]).catch(() => undefined);
    });
    const flush = () => toasts.flush();
    addEventListener('pagehide', flush);
    return () => {
      stop();
      removeEventListener('pagehide', flush);
    };
  }, [client, toasts]);
  return (
    <>
      <div className="sr" aria-live="polite">
        {said}
      </div>
      {idle && (
        <>
          <TipLayer />
          <ToastLayer />
        </>
      )}
    </>
  );
}
