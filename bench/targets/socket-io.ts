// Socket.IO's protocol 5 on Engine.IO's protocol 4, WebSocket alone: `0` open, `2` ping, `3` pong, `40` connect,
// `42["m","…"]` an event.
import type { Adapter, Target } from '../target.ts';
import { startTarget } from '../target-process.ts';
import { websocket } from '../websocket.ts';

const eventHead = '42["m","';
const eventTail = '"]';
const [engineOpen, enginePing, engineMessage] = [...Buffer.from('024')];
const pong = Buffer.from('3');

const adapter: Adapter = {
  wire: () => websocket({ path: '/socket.io/?EIO=4&transport=websocket' }),
  async join(connection) {
    const open = await connection.next();
    if (open[0] !== engineOpen) throw new Error(`not an Engine.IO server: ${open}`);
    connection.send(Buffer.from('40'));
    const connected = await connection.next();
    if (!connected.toString().startsWith('40')) throw new Error(`socket.io refused: ${connected}`);
  },
  encode: (text) => Buffer.from(`${eventHead}${text.toString('latin1')}${eventTail}`),
  read(connection, buffer, start, _end, deliver) {
    if (buffer[start] === engineMessage) deliver(start + eventHead.length);
    else if (buffer[start] === enginePing) connection.send(pong);
  },
};

export const socketIo: Target = {
  name: 'socket-io',
  about: 'socket.io, to(room).emit over WebSocket; stores nothing',
  start: () => startTarget(new URL('./socket-io-server.ts', import.meta.url)),
  adapter: () => adapter,
};
