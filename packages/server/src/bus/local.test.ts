import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busConformance } from './conformance.ts';
import { openLocalBus } from './local.ts';

busConformance('The bus of one process', {
  create: async () => ({ open: async () => openLocalBus(), settled: async () => {}, remove: async () => {} }),
  alone: 'a process is one node',
});

test('a listener that fails keeps nothing from the others', () => {
  const bus = openLocalBus();
  let heard = 0;
  bus.subscribe('room', () => {
    throw new Error('broken');
  });
  bus.subscribe('room', () => {
    heard += 1;
  });
  assert.throws(() => bus.publish('room', { room: 'a', events: [] }), /broken/);
  assert.equal(heard, 1);
});
