import type { Connection } from '../connection.ts';
import type { Adapter, Role, Setup, Target } from '../target.ts';
import { startTarget } from '../target-process.ts';
import { websocket } from '../websocket.ts';

type Given = { room: string; sender: string; readers: string[] };

const [firstOfEvent, firstOfId] = [...Buffer.from('ei')];
// `{"event":"entry.appended","payload":{…,"body":{"text":"…"}}}`
const beforeText = Buffer.from('"body":{"text":"');
const afterText = '"}}}';

function readProduct(given: Given): Adapter {
  let requests = 0;
  let textBytes = 0;
  const request = (name: string, payload: object) =>
    Buffer.from(JSON.stringify({ id: ++requests, request: name, payload }));
  const ask = async (connection: Connection, name: string, payload: object) => {
    connection.send(request(name, payload));
    for (;;) {
      const answer = await connection.next();
      if (answer[2] !== firstOfId) continue;
      if (answer.includes('"error"')) throw new Error(`${name} was refused: ${answer}`);
      return;
    }
  };
  return {
    wire: () => websocket({ path: '/ws', protocol: 'parley.v1.json' }),
    async join(connection: Connection, role: Role) {
      await ask(connection, 'session.hello', { versions: [1], client: 'bench' });
      const token = role.kind === 'sender' ? given.sender : given.readers[role.index % given.readers.length]!;
      await ask(connection, 'session.resume', { token });
      await ask(connection, 'sync.start', { rooms: {} });
    },
    encode(text, number) {
      textBytes = text.length;
      const head = `{"id":${++requests},"request":"message.send","payload":{"room":"${given.room}","clientId":"m${number}"`;
      return Buffer.from(`${head},"body":{"text":"${text.toString('latin1')}"}}}`);
    },
    read(_connection, buffer, start, end, deliver) {
      const textAt = end - afterText.length - textBytes;
      const isEvent = buffer[start + 2] === firstOfEvent;
      if (isEvent && buffer.compare(beforeText, 0, beforeText.length, textAt - beforeText.length, textAt) === 0)
        deliver(textAt);
      else if (!isEvent && buffer.toString('latin1', start, end).includes('"error"'))
        throw new Error(`refused: ${buffer.toString('utf8', start, end)}`);
    },
  };
}

export const parleyProduct: Target = {
  name: 'parley-product',
  about: 'the homeserver over JSON WebSockets: accounts, hashes, each message in SQLite (WAL, synchronous=FULL)',
  start: () => startTarget(new URL('./parley-product-server.ts', import.meta.url)),
  adapter: (setup: Setup) => readProduct(setup as Given),
};
