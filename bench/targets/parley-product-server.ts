// The homeserver as people run it: validation, hashes, one SQLite file, every message on disk before anybody hears of it.
// Only the rate limits are out of the way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@parley/server';
import { Talk } from '../talk.ts';
import { serveTarget } from '../target-process.ts';

const accounts = 20;
const password = 'correct horse battery';

await serveTarget(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { url } = await startServer({
    flags: { data: folder, port: '0' },
    env: { PARLEY_LIMITS_RATE_FACTOR: '1000000', PARLEY_LOG_LEVEL: 'error' },
  });
  const owner = await Talk.open(url);
  const { token: sender } = await owner.request('account.register', { name: 'sender', password, device: 'bench' });
  const { sync } = await owner.request('room.create', { alias: 'bench', clientId: 'create' });
  const room = sync.room.id;
  const readers: string[] = [];
  for (let i = 0; i < accounts; i++) {
    const reader = await Talk.open(url);
    const { token } = await reader.request('account.register', { name: `reader-${i}`, password, device: 'bench' });
    await reader.request('room.join', { room, clientId: 'join' });
    readers.push(token);
    reader.close();
  }
  owner.close();
  return { port: Number(new URL(url).port), setup: { room, sender, readers } };
});
