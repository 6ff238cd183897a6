import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Framing, frameMany, frameOnce, headerSize } from './framing.ts';

const header = (framing: Framing, size: number): string =>
  Buffer.from(frameOnce(framing, new Uint8Array(size)).subarray(0, headerSize(framing, size))).toString('hex');

test('frames for WebSocket as RFC 6455 §5.7 shows', () => {
  assert.equal(
    Buffer.from(frameOnce('websocket-text', Buffer.from('Hello'))).toString('hex'),
    Buffer.from('810548656c6c6f', 'hex').toString('hex'),
  );
  assert.equal(header('websocket-binary', 256), '827e0100');
  assert.equal(header('websocket-binary', 65_536), '827f0000000000010000');
  assert.equal(header('websocket-text', 125), '817d');
  assert.equal(header('websocket-text', 126), '817e007e');
  assert.equal(header('websocket-text', 65_535), '817effff');
});

test('puts the length before a frame as four bytes big-endian', () => {
  assert.deepEqual(frameOnce('length-prefixed', Uint8Array.of(7)), Uint8Array.of(0, 0, 0, 1, 7));
  assert.equal(header('length-prefixed', 0x010203), '00010203');
});

test('lays many frames in one buffer with one allocation', () => {
  const payloads = [0, 1, 125, 126, 65_535, 65_536].map((size) => new Uint8Array(size).fill(size));
  for (const framing of ['websocket-text', 'websocket-binary', 'length-prefixed'] as const) {
    let allocations = 0;
    const framed = frameMany(framing, payloads, (size) => {
      allocations += 1;
      // Dirty, as Buffer.allocUnsafe may be.
      return new Uint8Array(size).fill(0xee);
    });
    assert.equal(allocations, 1);
    const apart = Buffer.concat(payloads.map((payload) => frameOnce(framing, payload)));
    assert.ok(apart.equals(framed));
  }
});
