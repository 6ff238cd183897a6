import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingBytes, nothingYet, signClosing, verifyClosing } from './closing.ts';
import { clerk, crypto, cryptoOf, stranger } from './testing.ts';

const room = stranger;
const highest = { incarnation: 2, oseq: 7, hash: new Uint8Array(32).fill(3) };
const closing = { room, origin: stranger, highest, code: 'not-a-member' as const };

test('a closing refusal is good for its network, clerk, room, origin, place and reason alone', () => {
  const signed = signClosing(crypto, 'test', closing);
  assert.ok(verifyClosing(crypto, 'test', clerk, signed));
  assert.ok(!verifyClosing(crypto, 'other', clerk, signed));
  assert.ok(!verifyClosing(crypto, 'test', stranger, signed));
  for (const changed of [
    { room: clerk },
    { origin: clerk },
    { highest: nothingYet },
    { highest: { ...highest, oseq: 8 } },
    { highest: { ...highest, incarnation: 3 } },
    { code: 'banned' as const },
    { signature: new Uint8Array(64) },
    { signature: cryptoOf(2).sign(closingBytes('test', closing)) },
  ])
    assert.ok(!verifyClosing(crypto, 'test', clerk, { ...signed, ...changed }), JSON.stringify(changed));
});

test('a changed bit of its signature is no signature', () => {
  const signed = signClosing(crypto, 'test', { ...closing, highest: nothingYet });
  for (let bit = 0; bit < 512; bit += 11) {
    const signature = Uint8Array.from(signed.signature);
    signature[bit >> 3]! ^= 1 << (bit & 7);
    assert.ok(!verifyClosing(crypto, 'test', clerk, { ...signed, signature }));
  }
});
