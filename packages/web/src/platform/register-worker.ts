/** The service worker keeps the app itself, so that it opens without a network; a newer app is offered, never forced. */
import type { Client } from '@parley/client';
import type { Toasts } from '../service/toasts.ts';
import { whenSettled } from './settled.ts';

export function registerWorker(client: Client, toasts: Toasts): void {
  if (!isSecureContext || !('serviceWorker' in navigator)) return;
  const hadOne = navigator.serviceWorker.controller !== null;
  // It fetches the whole app: the first paint and the first messages come before it.
  whenSettled(client, () => void register());
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
