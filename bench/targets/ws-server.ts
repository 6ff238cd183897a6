// The broadcast that the documentation of ws shows.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { serveTarget } from '../target-process.ts';

await serveTarget(async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      for (const client of server.clients) {
        if (client !== socket && client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
      }
    });
  });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port };
});
