import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeRoom, openRoom, runLoad } from './load.ts';
import { targets } from './targets/all.ts';

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
