/** Takes content away when a room's days are over. The log stays, and its chain still verifies. */
import { readSettings } from '@parley/room';
import type { Log } from './log.ts';
import type { Runtime } from './runtime.ts';
import type { Store } from './store/store.ts';

const everyMs = 3_600_000;
const dayMs = 86_400_000;

/** Looks into every room now and each hour; returns what stops it. */
export function keepRetention(store: Store, runtime: Runtime, log: Log): () => void {
  let stopped = false;
  let cancel = (): void => {};
  const run = async (): Promise<void> => {
    try {
      const parts = await expireAll(store, runtime.now());
      if (parts > 0) log.info({ parts }, 'content expired');
    } catch (error) {
      log.error({ error }, 'retention failed; trying again');
    }
    if (!stopped) cancel = runtime.setTimer(() => void run(), everyMs);
  };
  void run();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Returns how many parts went. */
export async function expireAll(store: Store, now: number): Promise<number> {
  let parts = 0;
  for (const id of await store.room.all()) {
    const room = await store.room.byId(id);
    if (!room || room.archive) continue;
    const settings = await store.room.leaf(room.n, 'settings');
    const days = settings && readSettings(settings).retentionDays;
    if (days) parts += await store.entry.expire(room.n, now - days * dayMs);
  }
  return parts;
}
