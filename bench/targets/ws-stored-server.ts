// What somebody writes who wants history too: insert, then broadcast.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WebSocket, WebSocketServer } from 'ws';
import { serveTarget } from '../target-process.ts';

await serveTarget(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const database = new DatabaseSync(join(folder, 'messages.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE message (seq INTEGER PRIMARY KEY, room TEXT NOT NULL, at INTEGER NOT NULL, body BLOB)');
  const insert = database.prepare('INSERT INTO message (room, at, body) VALUES (?, ?, ?)');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      insert.run('bench', Date.now(), data);
      for (const client of server.clients) {
        if (client !== socket && client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
      }
    });
  });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port };
});
