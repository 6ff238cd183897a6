import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { StateHash } from './state-hash.ts';
import { Book, clerk, crypto, stranger } from './testing.ts';

test('a checkpoint is good for its clerk, network, room, position, chain and state alone', () => {
  const { state } = new Book();
  const signed = signCheckpoint(crypto, 'test', state.id, state.head, state.chain, new StateHash(crypto, state).get());
  assert.ok(verifyCheckpoint(crypto, 'test', state.id, clerk, signed));
  assert.ok(!verifyCheckpoint(crypto, 'test', state.id, stranger, signed));
  assert.ok(!verifyCheckpoint(crypto, 'other', state.id, clerk, signed));
  assert.ok(!verifyCheckpoint(crypto, 'test', clerk, clerk, signed));
  for (const changed of [
    { pos: { term: 2, seq: 1 } },
    { pos: { term: 1, seq: 2 } },
    { chain: new Uint8Array(32) },
    { stateHash: new Uint8Array(32) },
    { signature: new Uint8Array(64) },
  ])
    assert.ok(!verifyCheckpoint(crypto, 'test', state.id, clerk, { ...signed, ...changed }));
});
