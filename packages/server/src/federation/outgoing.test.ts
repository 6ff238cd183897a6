import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits, linkLimits, Refusal } from '@parley/protocol';
import { Outgoing } from './outgoing.ts';
import { decodePiece, type Piece } from './pieces.ts';
import { type Priority, priorities, weights } from './priority.ts';
import { SharedBytes } from './shared-bytes.ts';

const badFrame = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';

function outgoing(shared = new SharedBytes(1e9), evict = () => {}) {
  const clock = { ms: 0 };
  return { clock, queue: new Outgoing({ elapsed: () => clock.ms, shared, evict }) };
}

const next = (queue: Outgoing): Piece | undefined => {
  const encoded = queue.next();
  return encoded && decodePiece(encoded);
};

/** Grants as a receiver that is done with everything at once. */
function grantAll(queue: Outgoing, sent: Record<Priority, number>): void {
  for (const priority of priorities) queue.grant(priority, sent[priority] + linkLimits.windowBytes);
}

describe('what waits to be sent', () => {
  test('is shared among priorities by their weights, and none waits for ever', () => {
    const { queue } = outgoing();
    const bytes = { control: 0, decision: 0, message: 0, bulk: 0, circuit: 0 };
    const cost = { control: 0, decision: 0, message: 0, bulk: 0, circuit: 0 };
    for (let i = 0; i < 3_000; i++) {
      for (const priority of priorities) while (queue.push(new Uint8Array(10_000), { priority }));
      const { priority, bytes: piece } = next(queue)!;
      bytes[priority!] += piece.length;
      cost[priority!] += piece.length + linkLimits.pieceOverheadBytes;
      grantAll(queue, cost);
    }
    const shares = priorities.map((priority) => bytes[priority] / weights[priority]);
    assert.ok(Math.max(...shares) / Math.min(...shares) < 1.05, shares.join(' '));
  });

  test('lets what is urgent pass between the pieces of a large frame', () => {
    const { queue } = outgoing();
    const large = Uint8Array.from({ length: 100_000 }, (_, i) => i);
    queue.push(large, { priority: 'bulk' });
    const pieces = [next(queue)!];
    queue.push(Uint8Array.of(1), { priority: 'control' });
    assert.equal(next(queue)?.priority, 'control');
    for (let piece = next(queue); piece; piece = next(queue)) pieces.push(piece);
    assert.deepEqual(
      pieces.map(({ hasMore }) => hasMore),
      [...Array(6).fill(true), false],
    );
    assert.deepEqual(Buffer.concat(pieces.map(({ bytes }) => bytes)), Buffer.from(large));
  });

  test('stops at the credit, each priority at its own', () => {
    const { queue } = outgoing();
    for (let i = 0; i < 4; i++) queue.push(new Uint8Array(limits.frameBytes), { priority: 'bulk', flow: `${i}` });
    let sent = 0;
    for (let piece = next(queue); piece; piece = next(queue)) sent += piece.bytes.length + 128;
    assert.ok(sent <= linkLimits.windowBytes && sent > linkLimits.windowBytes - 20_000, `${sent}`);
    queue.push(Uint8Array.of(1), { priority: 'message' });
    assert.equal(next(queue)?.priority, 'message');
    assert.equal(next(queue), undefined);
    queue.grant('bulk', linkLimits.windowBytes + 20_000);
    assert.equal(next(queue)?.priority, 'bulk');
    assert.throws(() => queue.grant('bulk', linkLimits.windowBytes), badFrame, 'credit is not taken back');
    assert.throws(() => queue.grant('message', 2 * linkLimits.windowBytes), badFrame, 'nor given for nothing');
  });

  test('is bounded by priority and by flow, and known to operators', () => {
    const { queue, clock } = outgoing();
    const fill = (priority: Priority, flow: string, size: number): number => {
      let count = 0;
      while (queue.push(new Uint8Array(size), { priority, flow })) count += 1;
      return count;
    };
    assert.equal(fill('message', 'a', 10), 256);
    clock.ms = 50;
    assert.equal(fill('message', 'b', limits.frameBytes), 1);
    assert.equal(fill('message', 'c', limits.frameBytes + 1), 0);
    assert.equal(fill('bulk', 'c', 300_000), 3);
    assert.deepEqual(queue.loads, [
      { priority: 'control', frames: 0, bytes: 0 },
      { priority: 'decision', frames: 0, bytes: 0 },
      { priority: 'message', frames: 257, bytes: 2_560 + limits.frameBytes },
      { priority: 'bulk', frames: 3, bytes: 900_000 },
      { priority: 'circuit', frames: 0, bytes: 0 },
    ]);
    assert.equal(queue.oldestAt, 0);
    queue.end();
    assert.equal(queue.held, 0);
    assert.equal(queue.oldestAt, undefined);
    assert.equal(queue.push(Uint8Array.of(1), { priority: 'control' }), false);
  });

  test('of all links together is bounded, and the link with most of it has to go', () => {
    const shared = new SharedBytes(10_000);
    const gone: string[] = [];
    const make = (name: string) => {
      const { queue } = outgoing(shared, () => {
        gone.push(name);
        queue.end();
      });
      return queue;
    };
    const [small, large] = [make('small'), make('large')];
    assert.equal(small.push(new Uint8Array(2_000), { priority: 'bulk' }), true);
    assert.equal(large.push(new Uint8Array(7_000), { priority: 'bulk' }), true);
    assert.deepEqual(gone, []);
    assert.equal(small.push(new Uint8Array(2_000), { priority: 'control' }), true);
    assert.deepEqual(gone, ['large']);
    assert.equal(shared.used, 4_000);
    assert.equal(small.push(new Uint8Array(7_000), { priority: 'control' }), false, 'now it is the one');
    assert.equal(shared.used, 0);
  });
});
