import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deframer, type Sink, unframe, word } from './deframer.ts';
import { frameMany } from './framing.ts';

type Seen = { frame: string } | { word: number } | { broken: string };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What a deframer with this limit makes of the chunks; words above 9 are unknown, 9 stops. */
function seenIn(chunks: readonly Uint8Array[], maxFrameBytes = 10_000): Seen[] {
  const seen: Seen[] = [];
  const deframer = new Deframer(maxFrameBytes);
  const sink: Sink = {
    onFrame: (frame) => seen.push({ frame: hex(frame) }),
    onWord: (value) => {
      seen.push({ word: value });
      if (value === 9) deframer.stop();
      return value < 10;
    },
    onBroken: (broken) => seen.push({ broken }),
  };
  // A chunk's memory may be reused once push returns.
  for (const chunk of chunks) {
    const borrowed = chunk.slice();
    deframer.push(borrowed, sink);
    borrowed.fill(0xaa);
  }
  return seen;
}

/** The bytes cut at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

test('reads the same frames however the bytes are split or joined', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 40 }), (sent, places) => {
      const chunks = cut(frameMany('length-prefixed', sent), places);
      assert.deepEqual(
        seenIn(chunks),
        sent.map((frame) => ({ frame: hex(frame) })),
      );
    }),
    { numRuns: 200 },
  );
});

test('reads the same byte by byte as at once, whatever the bytes are', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.uint8Array({ maxLength: 30 }).map((frame) => frameMany('length-prefixed', [frame])),
    fc.nat({ max: 12 }).map((value) => word(value)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const bytes = Buffer.concat(pieces);
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      assert.deepEqual(seenIn(single, 100), seenIn([bytes], 100));
    }),
    { numRuns: 300 },
  );
});

test('refuses a frame by its header, before any of it came', () => {
  assert.deepEqual(seenIn([Uint8Array.of(0, 0, 0, 101)], 100), [{ broken: 'too-large' }]);
  assert.deepEqual(seenIn([Uint8Array.of(0xff, 0xfe, 0xff, 0xff), Uint8Array.of(1)], 100), [{ broken: 'too-large' }]);
});

test('reads nothing after it broke or was stopped', () => {
  const frame = frameMany('length-prefixed', [Uint8Array.of(1)]);
  assert.deepEqual(seenIn([Buffer.concat([word(9), frame]), frame]), [{ word: 9 }]);
  assert.deepEqual(seenIn([Buffer.concat([word(500), frame])]), [{ word: 500 }, { broken: 'bad-frame' }]);
});

test('takes apart what frameMany laid together and nothing else', () => {
  const frames = [new Uint8Array(0), Uint8Array.of(1, 2), new Uint8Array(300)];
  const framed = frameMany('length-prefixed', frames);
  assert.deepEqual(unframe(framed).map(hex), frames.map(hex));
  assert.throws(() => unframe(framed.subarray(0, 5)), RangeError);
  assert.throws(() => unframe(framed.subarray(0, framed.length - 1)), RangeError);
});
