/** Says whether somebody is looking: away when the page is hidden or untouched for a while; connects again on waking up. */
import type { Client } from '@parley/client';

const idleMs = 5 * 60_000;

export function followAttention(client: Client): void {
  let status: 'online' | 'away' = 'online';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const say = (next: typeof status) => {
    if (next === status) return;
    status = next;
    client.setPresence(next);
  };
  const here = () => {
    if (document.visibilityState === 'hidden') return;
    say('online');
    clearTimeout(timer);
    timer = setTimeout(() => say('away'), idleMs);
  };
  const wake = () => {
    here();
    if (client.status.get().state === 'offline') client.reconnect();
  };
  for (const event of ['pointerdown', 'keydown', 'focus']) addEventListener(event, here, { passive: true });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') say('away');
    else wake();
  });
  addEventListener('online', wake);
  here();
}
