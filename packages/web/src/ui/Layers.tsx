/** What floats over every screen: tips, notes and the voice for screen readers. Tips and notes load when the app is idle. */
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { useServices } from '../service/services.tsx';

const TipLayer = lazy(() => import('./lazy/TipLayer.tsx').then((layer) => ({ default: layer.TipLayer })));
const ToastLayer = lazy(() => import('./lazy/ToastLayer.tsx').then((layer) => ({ default: layer.ToastLayer })));

export function Layers() {
  const { announcer, toasts } = useServices();
  const said = useSyncExternalStore(announcer.subscribe, announcer.get);
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), 300);
    const flush = () => toasts.flush();
    addEventListener('pagehide', flush);
    return () => {
      clearTimeout(timer);
      removeEventListener('pagehide', flush);
    };
  }, [toasts]);
  return (
    <>
      <div className="sr" aria-live="polite">
        {said}
      </div>
      {idle && (
        <Suspense>
          <TipLayer />
          <ToastLayer />
        </Suspense>
      )}
    </>
  );
}
