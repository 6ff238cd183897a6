/** The service worker keeps the app itself, so that it opens without a network; a newer app is offered, never forced. */
import type { Toasts } from '../service/toasts.ts';

export function registerWorker(toasts: Toasts): void {
  if (!isSecureContext || !('serviceWorker' in navigator)) return;
  const hadOne = navigator.serviceWorker.controller !== null;
  // After the page is loaded: the first paint needs the connection more.
  if (document.readyState === 'complete') void register();
  else addEventListener('load', () => void register(), { once: true });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!hadOne) return;
    toasts.show({
      text: 'A new version of Parley is here.',
      lastsMs: Number.POSITIVE_INFINITY,
      action: { label: 'Reload', run: () => location.reload() },
    });
  });
}

async function register(): Promise<void> {
  try {
    await navigator.serviceWorker.register('/sw.js', { type: 'module', updateViaCache: 'none' });
  } catch (error) {
    console.warn('no service worker', error);
  }
}
