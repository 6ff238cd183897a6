import type { Adapter, Target } from '../target.ts';
import { startTarget } from '../target-process.ts';
import { websocket } from '../websocket.ts';

/** A payload is the text and nothing else; being connected is being in the room. */
export const plainText: Adapter = {
  wire: () => websocket({ path: '/' }),
  join: async () => undefined,
  encode: (text) => Buffer.from(text),
  read: (_connection, _buffer, start, _end, deliver) => deliver(start),
};

export const ws: Target = {
  name: 'ws',
  about: 'ws, client.send for each client; stores nothing',
  start: () => startTarget(new URL('./ws-server.ts', import.meta.url)),
  adapter: () => plainText,
};
