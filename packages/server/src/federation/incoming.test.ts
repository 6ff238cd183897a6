import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits, linkLimits, Refusal } from '@parley/protocol';
import { createLimits } from '../limits.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Gate } from './gate.ts';
import { type Frame, Incoming } from './incoming.ts';
import type { Piece } from './pieces.ts';
import type { Priority } from './priority.ts';
import { createQuotas } from './quotas.ts';
import { SharedBytes } from './shared-bytes.ts';

const badFrame = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';
const piece = (size: number, rest: Partial<Piece> = {}): Piece => ({
  priority: 'bulk',
  isAnswer: false,
  hasMore: false,
  bytes: new Uint8Array(size),
  ...rest,
});
const full = piece(linkLimits.pieceBytes, { hasMore: true });

function incoming(options: { take?: (frame: Frame, release: () => void) => void; shared?: SharedBytes } = {}) {
  const runtime = createVirtualRuntime();
  const quotas = createQuotas(createLimits({ rateFactor: 1, connections: 1, loadedRooms: 1 }), runtime.elapsed);
  const gate = new Gate({ server: 'other', ...quotas, runtime });
  const taken: Frame[] = [];
  const granted: [Priority, number][] = [];
  const failures: unknown[] = [];
  const gone: true[] = [];
  const made: Incoming = new Incoming({
    gate,
    shared: options.shared ?? new SharedBytes(1e9),
    take: (frame, release) => {
      taken.push(frame);
      if (options.take) options.take(frame, release);
      else release();
    },
    grant: (priority, total) => granted.push([priority, total]),
    failed: (error) => failures.push(error),
    evict: () => {
      gone.push(true);
      made.end();
    },
  });
  return { made, taken, granted, failures, gone, runtime };
}

describe('what a link brings', () => {
  test('becomes frames, which are handed on in order', () => {
    const { made, taken } = incoming();
    made.receive('bulk', full);
    made.receive('message', piece(5));
    made.receive('bulk', piece(3));
    made.receive('bulk', piece(4, { isAnswer: true }));
    assert.deepEqual(
      taken.map(({ priority, isAnswer, bytes }) => [priority, isAnswer, bytes.length]),
      [
        ['message', false, 5],
        ['bulk', false, linkLimits.pieceBytes + 3],
        ['bulk', true, 4],
      ],
    );
  });

  test('is granted anew when it was dealt with, and no sooner', () => {
    const releases: (() => void)[] = [];
    const { made, granted } = incoming({ take: (_frame, release) => void releases.push(release) });
    const count = Math.floor(linkLimits.windowBytes / (linkLimits.pieceBytes + 128));
    for (let i = 0; i < count; i++) made.receive('bulk', piece(linkLimits.pieceBytes));
    assert.deepEqual(granted, []);
    assert.throws(() => made.receive('bulk', piece(linkLimits.pieceBytes)), badFrame, 'more than was granted');
    made.receive('control', piece(1));
    for (const release of releases.slice(0, 20)) release();
    assert.deepEqual(granted, [['bulk', linkLimits.windowBytes + 20 * (linkLimits.pieceBytes + 128)]]);
  });

  test('always leaves room for the largest frame behind the largest question', () => {
    const { made, granted } = incoming({
      take: ({ bytes }, release) => {
        if (bytes.length < limits.frameBytes) release();
      },
    });
    const send = (size: number): void => {
      for (let rest = size; rest > 0; rest -= linkLimits.pieceBytes)
        made.receive('bulk', piece(Math.min(rest, linkLimits.pieceBytes), { hasMore: rest > linkLimits.pieceBytes }));
    };
    send(limits.frameBytes);
    // As much as may be dealt with before it is granted.
    for (let done = 0; done + 528 < linkLimits.windowBytes / 8; done += 528) send(400);
    assert.deepEqual(granted, []);
    send(limits.frameBytes - 1);
    assert.equal(granted.length, 1);
  });

  test('that is no frame, too large or fails is told', () => {
    const { made, failures } = incoming({
      take() {
        throw new Refusal('bad-frame');
      },
    });
    made.receive('bulk', full);
    assert.throws(() => made.receive('bulk', piece(1, { isAnswer: true })), badFrame, 'half a frame, half an answer');
    const other = incoming();
    for (let i = 0; i < limits.frameBytes / linkLimits.pieceBytes; i++) other.made.receive('bulk', full);
    assert.throws(() => other.made.receive('bulk', piece(1)), badFrame);
    made.receive('message', piece(1));
    assert.ok(badFrame(failures[0]));
  });

  test('by all links together is bounded, and the link with most of it has to go', () => {
    const shared = new SharedBytes(50_000);
    const [small, large] = [incoming({ shared }), incoming({ shared })];
    small.made.receive('bulk', full);
    large.made.receive('bulk', full);
    large.made.receive('bulk', full);
    assert.deepEqual([small.gone.length, large.gone.length], [0, 0]);
    small.made.receive('message', piece(1_000));
    assert.deepEqual([small.gone.length, large.gone.length, shared.used], [0, 1, linkLimits.pieceBytes + 128]);
  });
});
