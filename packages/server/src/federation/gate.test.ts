import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Buckets } from '../bucket.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Gate } from './gate.ts';
import { priorities, weights } from './priority.ts';

function gate(perSecond: { frames: number; bytes: number }, server = 'other', runtime = createVirtualRuntime()) {
  const buckets = (each: number) =>
    new Buckets({ burst: each, perMinute: 60 * each, maxKeys: 10, elapsed: runtime.elapsed });
  return {
    runtime,
    made: new Gate({ server, frames: buckets(perSecond.frames), bytes: buckets(perSecond.bytes), runtime }),
  };
}

describe('frames of one server', () => {
  test('pass at once up to its rate, and then as fast as that allows', () => {
    const { made, runtime } = gate({ frames: 10, bytes: 1e9 });
    let passed = 0;
    for (let i = 0; i < 30; i++) made.enter('message', 1, () => (passed += 1));
    assert.equal(passed, 10);
    runtime.advance(1_000);
    assert.equal(passed, 20);
    runtime.advance(1_000);
    assert.deepEqual([passed, runtime.timers], [30, 0]);
  });

  test('pass by bytes as well, and a large one is charged to frames once', () => {
    const { made, runtime } = gate({ frames: 2, bytes: 1_000 });
    const passed: number[] = [];
    made.enter('bulk', 900, () => passed.push(1));
    made.enter('bulk', 900, () => passed.push(2));
    assert.deepEqual(passed, [1]);
    runtime.advance(800);
    assert.deepEqual(passed, [1, 2]);
    made.enter('bulk', 1, () => passed.push(3));
    runtime.advance(1);
    assert.deepEqual(passed, [1, 2, 3], 'there is a frame left');
  });

  test('that wait pass in fair shares of their priorities, so that none waits for ever', () => {
    const { made, runtime } = gate({ frames: 1_000, bytes: 1_000 });
    const passed = { control: 0, decision: 0, message: 0, bulk: 0, circuit: 0 };
    for (let i = 0; i < 1_000; i++)
      for (const priority of priorities) made.enter(priority, 10, () => (passed[priority] += 1));
    runtime.advance(1_000);
    const atFirst = { ...passed };
    runtime.advance(6_000);
    const shares = priorities.map((priority) => (passed[priority] - atFirst[priority]) / weights[priority]);
    assert.ok(Math.max(...shares) - Math.min(...shares) <= 2, shares.join(' '));
    made.end();
    const before = { ...passed };
    runtime.advance(60_000);
    assert.deepEqual([passed, runtime.timers], [before, 0]);
  });
});
