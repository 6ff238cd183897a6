import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkLimits, Refusal } from '@parley/protocol';
import { decodePiece, encodePiece } from './pieces.ts';
import { priorities } from './priority.ts';

const full = new Uint8Array(linkLimits.pieceBytes).fill(7);
const badFrame = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';

test('a piece is read as it was made', () => {
  const own = { priority: undefined, isAnswer: false, hasMore: false, bytes: Uint8Array.of(1, 2) };
  assert.deepEqual(decodePiece(encodePiece(own)), own);
  for (const priority of priorities)
    for (const isAnswer of [false, true])
      for (const [hasMore, bytes] of [
        [true, full],
        [false, full],
        [false, Uint8Array.of(9)],
      ] as const) {
        const piece = { priority, isAnswer, hasMore, bytes };
        assert.deepEqual(decodePiece(encodePiece(piece)), piece);
      }
});

test('a piece that no honest server sends is refused', () => {
  const bad: Record<string, Uint8Array> = {
    'nothing at all': new Uint8Array(0),
    'an empty piece': Uint8Array.of(1),
    'an unknown priority': Uint8Array.of(6, 1),
    'an unknown bit': Uint8Array.of(0x21, 1),
    'an answer of the link itself': Uint8Array.of(0x40, 1),
    'a frame of the link itself in pieces': Uint8Array.of(0x80, ...full),
    'a first piece that is not full': Uint8Array.of(0x81, 1),
    'too much': Uint8Array.of(1, ...full, 1),
  };
  for (const [what, bytes] of Object.entries(bad)) assert.throws(() => decodePiece(bytes), badFrame, what);
});
