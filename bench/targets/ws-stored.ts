import type { Target } from '../target.ts';
import { startTarget } from '../target-process.ts';
import { plainText } from './ws.ts';

export const wsStored: Target = {
  name: 'ws-stored',
  about: 'ws, each message first a transaction in SQLite (WAL, synchronous=FULL)',
  start: () => startTarget(new URL('./ws-stored-server.ts', import.meta.url)),
  adapter: () => plainText,
};
