// The fan-out and the WebSocket door alone: whatever bytes come in go to everybody else in the room.
import type { Link } from '@parley/link';
import { listen } from '@parley/link/websocket';
import { Fanout, Reader, runtime } from '@parley/server';
import { serveTarget } from '../target-process.ts';

const room = 'bench';
/** Far above what may be under way: a reader that is too slow fails the run. */
const budgetBytes = 64 * 2 ** 20;

await serveTarget(async () => {
  const fanout = new Fanout<Uint8Array>(runtime, (_, bytes) => bytes);
  const accept = async (link: Link): Promise<void> => {
    const reader = new Reader(link, budgetBytes, () => link.close('too-slow'));
    fanout.add(room, reader);
    for await (const frame of link.frames()) {
      // Who speaks is the sender, and gets nothing from here on: as with its rivals.
      fanout.remove(room, reader);
      fanout.publish(room, [frame]);
    }
    fanout.remove(room, reader);
  };
  const { address } = await listen({ host: '127.0.0.1', port: 0 }, (link) => void accept(link));
  return { port: address.port };
});
