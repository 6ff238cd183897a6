import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairShares } from './fair-shares.ts';

/** What each got when all of them always wait; costs are drawn one after another. */
function served(weights: readonly number[], costs: readonly number[]): number[] {
  const shares = new FairShares<number>(weights.length);
  const got = weights.map(() => 0);
  for (const cost of costs) {
    const key = shares.next(weights.keys())!;
    got[key]! += cost;
    shares.charge(key, cost / weights[key]!);
  }
  return got;
}

test('those who always wait get shares by their weights, whatever each turn costs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 50, maxLength: 400 }),
      (weights, costs) => {
        const shares = served(weights, costs).map((got, i) => got / weights[i]!);
        // One turn at most may be ahead or behind, by the largest cost.
        assert.ok(Math.max(...shares) - Math.min(...shares) <= 2_000);
      },
    ),
    { numRuns: 100 },
  );
});

test('who was idle is next, and has saved up nothing', () => {
  const shares = new FairShares<string>(8);
  for (let i = 0; i < 100; i++) {
    assert.equal(shares.next(['busy']), 'busy');
    shares.charge('busy', 10);
  }
  const turns: (string | undefined)[] = [];
  for (let i = 0; i < 10; i++) {
    const key = shares.next(['busy', 'late'])!;
    turns.push(key);
    shares.charge(key, 10);
  }
  assert.equal(turns.filter((key) => key === 'late').length, 5);
});

test('who comes and goes gets no more than who stays', () => {
  const shares = new FairShares<string>(8);
  const got = { stays: 0, goes: 0 };
  for (let turn = 0; turn < 200; turn++) {
    // The one that goes has one large thing at a time, and is gone in between.
    const key = shares.next(turn % 2 === 0 ? ['stays', 'goes'] : ['stays']) as 'stays' | 'goes';
    const cost = key === 'goes' ? 1_000 : 10;
    got[key] += cost;
    shares.charge(key, cost);
  }
  assert.ok(got.goes <= got.stays + 1_000, `${got.goes} against ${got.stays}`);
});

test('only so many are remembered, and nobody when nobody waits', () => {
  const shares = new FairShares<number>(10);
  for (let key = 0; key < 1_000; key++) shares.charge(key, 5);
  assert.equal(shares.size <= 10, true);
  shares.reset();
  assert.equal(shares.size, 0);
});
