import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FlowQueue, type Queued } from './flow-queue.ts';

interface Item extends Queued {
  readonly flow: string;
  readonly n: number;
}

const bounds = { frames: 100, bytes: 10_000, flowFrames: 50, flowBytes: 5_000 };
const item = (flow: string, n: number, size = 10): Item => ({ flow, n, size, at: n });

describe('a queue of flows', () => {
  test('keeps the order within a flow and loses nothing', () => {
    const flows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 100 })), {
      maxLength: 90,
    });
    fc.assert(
      fc.property(flows, (all) => {
        const queue = new FlowQueue<Item>(bounds);
        const put = all.map(([flow, size], n) => item(flow, n, size)).filter((each) => queue.push(each.flow, each));
        const taken: Item[] = [];
        for (let next = queue.take(); next; next = queue.take()) taken.push(next);
        for (const flow of ['a', 'b', 'c']) {
          const of = (items: Item[]) => items.filter((each) => each.flow === flow);
          assert.deepEqual(of(taken), of(put));
        }
        assert.deepEqual([queue.frames, queue.bytes, queue.oldestAt], [0, 0, undefined]);
      }),
    );
  });

  test('gives each flow the same number of bytes while all of them wait', () => {
    const queue = new FlowQueue<Item>(bounds);
    for (let n = 0; n < 4; n++) queue.push('large', item('large', n, 1_000));
    for (let n = 0; n < 40; n++) queue.push('small', item('small', n, 100));
    const got = { large: 0, small: 0 };
    for (let bytes = 0; bytes < 4_000; ) {
      const next = queue.take()!;
      bytes += next.size;
      got[next.flow as 'large' | 'small'] += next.size;
    }
    assert.ok(Math.abs(got.large - got.small) <= 1_000, JSON.stringify(got));
  });

  test('lets a flow that comes late past one that floods', () => {
    const queue = new FlowQueue<Item>(bounds);
    for (let n = 0; n < 50; n++) queue.push('flood', item('flood', n));
    for (let n = 0; n < 10; n++) queue.take();
    queue.push('late', item('late', 0));
    assert.ok([queue.take(), queue.take()].some((next) => next?.flow === 'late'));
  });

  test('takes no more than its bounds, of all and of one flow', () => {
    const queue = new FlowQueue<Item>(bounds);
    const put = (flow: string, size: number) => {
      let count = 0;
      while (queue.push(flow, item(flow, count, size))) count += 1;
      return count;
    };
    assert.equal(put('a', 1), 50);
    assert.equal(put('b', 1_000), 5);
    assert.equal(put('c', 1), 45);
    assert.equal(queue.frames, 100);
    assert.equal(put('d', 1), 0);
    queue.clear();
    assert.equal(put('e', 5_000), 1);
    assert.equal(put('f', 5_000), 1);
    assert.equal(put('g', 1), 0, 'the bytes are used up');
  });

  test('tells each flow that found no room when half of it is free, once', () => {
    const queue = new FlowQueue<Item>(bounds);
    while (queue.push('a', item('a', 0)));
    assert.equal(queue.push('b', item('b', 0)), true);
    assert.deepEqual(queue.roomAgain(), []);
    while (queue.frames > 26) queue.take();
    assert.deepEqual(queue.roomAgain(), []);
    queue.take();
    assert.deepEqual(queue.roomAgain(), ['a']);
    assert.deepEqual(queue.roomAgain(), []);
  });

  test('knows what has waited longest', () => {
    const queue = new FlowQueue<Item>(bounds);
    queue.push('a', item('a', 7));
    queue.push('b', item('b', 3));
    queue.push('b', item('b', 1));
    assert.equal(queue.oldestAt, 3);
    assert.equal(queue.peek(), queue.take());
  });
});
