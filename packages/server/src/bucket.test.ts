import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Buckets, type RateLimit } from './bucket.ts';

function make(limit: RateLimit, maxKeys = 100) {
  let nowMs = 1_000;
  const buckets = new Buckets({ ...limit, maxKeys, elapsed: () => nowMs });
  return { buckets, wait: (ms: number) => (nowMs += ms) };
}

describe('token buckets', () => {
  it('allow a burst, then tell how long to wait', () => {
    const { buckets, wait } = make({ burst: 3, perMinute: 60 });
    for (let count = 0; count < 3; count += 1) assert.deepEqual(buckets.take('a'), { ok: true });
    assert.deepEqual(buckets.take('a'), { ok: false, retryAfterMs: 1_000 });
    wait(400);
    assert.deepEqual(buckets.take('a'), { ok: false, retryAfterMs: 600 });
    wait(600);
    assert.deepEqual(buckets.take('a'), { ok: true });
    assert.equal(buckets.take('a').ok, false);
  });

  it('take nothing when they refuse', () => {
    const { buckets } = make({ burst: 5, perMinute: 60 });
    assert.equal(buckets.take('a', 4).ok, true);
    assert.deepEqual(buckets.take('a', 3), { ok: false, retryAfterMs: 2_000 });
    assert.equal(buckets.take('a', 1).ok, true);
  });

  it('keep keys apart', () => {
    const { buckets } = make({ burst: 1, perMinute: 1 });
    assert.equal(buckets.take('a').ok, true);
    assert.equal(buckets.take('b').ok, true);
    assert.equal(buckets.take('a').ok, false);
  });

  it('let what costs more than a bucket holds pass when it is full', () => {
    const { buckets, wait } = make({ burst: 10, perMinute: 60 });
    assert.equal(buckets.take('a', 25).ok, true);
    assert.deepEqual(buckets.take('a', 25), { ok: false, retryAfterMs: 10_000 });
    wait(10_000);
    assert.equal(buckets.take('a', 25).ok, true);
  });

  it('do not fill above the burst, nor empty when a clock goes back', () => {
    const { buckets, wait } = make({ burst: 2, perMinute: 60 });
    wait(3_600_000);
    assert.equal(buckets.take('a', 2).ok, true);
    wait(-5_000);
    assert.deepEqual(buckets.take('a', 1), { ok: false, retryAfterMs: 1_000 });
  });

  it('remember a bounded number of keys and forget the one unused for longest', () => {
    const { buckets } = make({ burst: 1, perMinute: 1 }, 2);
    buckets.take('a');
    buckets.take('b');
    buckets.take('a');
    buckets.take('c');
    assert.equal(buckets.size, 2);
    assert.equal(buckets.take('a').ok, false);
    assert.equal(buckets.take('b').ok, true);
  });

  it('never allow more than the burst and what time gave, and always do after the told wait', () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(5_000), cost: fc.integer({ min: 1, max: 8 }) }));
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 30 }),
        fc.integer({ min: 1, max: 600 }),
        steps,
        (burst, perMinute, list) => {
          const { buckets, wait } = make({ burst, perMinute });
          let spent = 0;
          let passedMs = 0;
          for (const { waitMs, cost } of list) {
            wait(waitMs);
            passedMs += waitMs;
            const taken = buckets.take('a', cost);
            if (!taken.ok) {
              wait(taken.retryAfterMs);
              passedMs += taken.retryAfterMs;
              assert.equal(buckets.take('a', cost).ok, true);
            }
            spent += cost;
            assert.ok(spent <= burst + (passedMs * perMinute) / 60_000 + 1e-6);
          }
        },
      ),
    );
  });
});
