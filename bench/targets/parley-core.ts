import type { Adapter, Target } from '../target.ts';
import { startTarget } from '../target-process.ts';
import { websocket } from '../websocket.ts';
import { plainText } from './ws.ts';

const adapter: Adapter = { ...plainText, wire: () => websocket({ path: '/', protocol: 'parley.v1.json' }) };

export const parleyCore: Target = {
  name: 'parley-core',
  about: "the homeserver's fan-out and WebSocket door alone: bytes in, bytes out; stores and checks nothing",
  start: () => startTarget(new URL('./parley-core-server.ts', import.meta.url)),
  adapter: () => adapter,
};
