import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, Status } from '@parley/client';
import { whenSettled } from './settled.ts';

function clientOf(state: Status['state']) {
  const listeners = new Set<() => void>();
  let status = { state } as Status;
  return {
    listeners,
    client: {
      status: {
        get: () => status,
        subscribe(listener: () => void) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    } as unknown as Pick<Client, 'status'>,
    becomes(next: Status['state']) {
      status = { state: next } as Status;
      for (const listener of [...listeners]) listener();
    },
  };
}

test('acts once, some time after the client is in sync', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, becomes, listeners } = clientOf('connecting');
  let acted = 0;
  whenSettled(client, () => acted++);
  t.mock.timers.tick(500);
  becomes('online');
  assert.equal(acted, 0);
  t.mock.timers.tick(100);
  becomes('connecting');
  t.mock.timers.tick(5_000);
  assert.equal(acted, 1);
  assert.equal(listeners.size, 0);
});

test('does not wait for a server that does not answer, nor where there is none', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const state of ['connecting', 'offline', 'anonymous'] as const) {
    const { client, listeners } = clientOf(state);
    let acted = 0;
    whenSettled(client, () => acted++);
    assert.equal(acted, 0);
    t.mock.timers.tick(1_000);
    assert.equal(acted, 1);
    assert.equal(listeners.size, 0);
  }
});

test('does nothing once it is stopped', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, becomes } = clientOf('connecting');
  const stop = whenSettled(client, () => assert.fail('it was stopped'));
  stop();
  becomes('online');
  t.mock.timers.tick(5_000);
});
