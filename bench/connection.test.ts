import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Connection, scratch } from './connection.ts';
import { websocket } from './websocket.ts';

const frame = (text: string) => Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]);

/** A server that hands each socket, with the answer its handshake asks for, to `serve`. */
async function listening(t: TestContext, serve: (socket: Socket, answer: Buffer) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      const key = /Sec-WebSocket-Key: (.+)\r\n/.exec(request.toString())?.[1];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      serve(socket, Buffer.from(`HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`));
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('reads payloads that come with the handshake, together, and byte by byte', async (t) => {
  const port = await listening(t, async (socket, answer) => {
    socket.write(Buffer.concat([answer, frame('one'), frame('two')]));
    for (const byte of Buffer.concat([frame('three'), frame('four')])) {
      socket.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
  });
  const connection = await Connection.open(port, websocket({ path: '/' }), scratch());
  assert.equal(String(await connection.next()), 'one');
  assert.equal(String(await connection.next()), 'two');
  assert.equal(String(await connection.next()), 'three');
  const four = Promise.withResolvers<string>();
  connection.flow((buffer, start, end) => four.resolve(buffer.toString('latin1', start, end)));
  assert.equal(await four.promise, 'four');
  connection.close();
});

test('keeps the cut frames of connections that share their memory apart', async (t) => {
  const sockets: Socket[] = [];
  const port = await listening(t, (socket, answer) => {
    socket.write(Buffer.concat([answer, frame('ready')]));
    sockets.push(socket);
  });
  const memory = scratch();
  const open = async () => {
    const connection = await Connection.open(port, websocket({ path: '/' }), memory);
    await connection.next();
    return connection;
  };
  const [left, right] = [await open(), await open()];
  sockets[0]!.write(frame('left hand').subarray(0, 5));
  sockets[1]!.write(Buffer.concat([frame('first'), frame('right hand').subarray(0, 7)]));
  assert.equal(String(await right.next()), 'first');
  sockets[0]!.write(frame('left hand').subarray(5));
  assert.equal(String(await left.next()), 'left hand');
  sockets[1]!.write(frame('right hand').subarray(7));
  assert.equal(String(await right.next()), 'right hand');
  left.close();
  right.close();
});

test('rejects when the server refuses or goes away', async (t) => {
  const refusing = await listening(t, (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await assert.rejects(Connection.open(refusing, websocket({ path: '/' }), scratch()), /refused the WebSocket/);
  const leaving = await listening(t, (socket, answer) => socket.end(answer));
  const connection = await Connection.open(leaving, websocket({ path: '/' }), scratch());
  await assert.rejects(connection.next(), /closed a connection/);
});
