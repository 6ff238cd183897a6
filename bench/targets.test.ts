import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeRoom, openRoom, runLoad } from './load.ts';
import type { Adapter } from './target.ts';
import { startTarget } from './target-process.ts';
import { targets } from './targets/all.ts';
import { plainText, ws } from './targets/ws.ts';

const load = { rate: 'saturated', window: 8, durationMs: 10_000, maxMessages: 50, bytes: 100 } as const;

for (const target of targets) {
  test(`${target.name} delivers every message once and in order to every reader`, async () => {
    const server = await target.start();
    try {
      const room = await openRoom(server.port, target.adapter(server.setup), 10);
      const { sent, deliveries, lost, disordered } = await runLoad(room, load).finally(() => closeRoom(room));
      assert.deepEqual({ sent, deliveries, lost, disordered }, { sent: 50, deliveries: 500, lost: 0, disordered: 0 });
      const { userUs, systemUs } = await server.cpu();
      assert.ok(userUs + systemUs > 0);
      assert.ok((await server.rssBytes()) > 0);
    } finally {
      await server.stop();
    }
  });
}

test('the generator notices a message that comes twice', async () => {
  const twice: Adapter = {
    ...plainText,
    read(_connection, _buffer, start, _end, deliver) {
      deliver(start);
      deliver(start);
    },
  };
  const server = await ws.start();
  try {
    const room = await openRoom(server.port, twice, 2);
    const { disordered } = await runLoad(room, load).finally(() => closeRoom(room));
    assert.ok(disordered > 0);
  } finally {
    await server.stop();
  }
});

test('a run fails when the server goes away', async () => {
  const server = await ws.start();
  const room = await openRoom(server.port, plainText, 2);
  await server.stop();
  await assert.rejects(runLoad(room, { ...load, maxMessages: 1_000_000 }));
  closeRoom(room);
});

test('a server that ends before it listens is an error', async () => {
  await assert.rejects(startTarget(new URL('./text.ts', import.meta.url)), /process ended/);
});
