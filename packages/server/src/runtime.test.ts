import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtime } from './runtime.ts';
import { createVirtualRuntime } from './runtime-virtual.ts';

describe('the runtime', () => {
  it('runs a timer once, unless cancelled', async () => {
    const ran: string[] = [];
    const cancel = runtime.setTimer(() => ran.push('cancelled'), 0);
    cancel();
    await new Promise<void>((resolve) => {
      runtime.setTimer(() => {
        ran.push('due');
        resolve();
      }, 1);
    });
    assert.deepEqual(ran, ['due']);
  });

  it('does not run a timer of a year at once', async () => {
    let ran = false;
    const cancel = runtime.setTimer(() => {
      ran = true;
    }, 365 * 86_400_000);
    await new Promise<void>((resolve) => {
      runtime.setTimer(resolve, 5);
    });
    cancel();
    assert.equal(ran, false);
  });

  it('calls in the next turn after all microtasks', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      runtime.nextTurn(() => {
        order.push('turn');
        resolve();
      });
      void Promise.resolve().then(() => order.push('microtask'));
    });
    assert.deepEqual(order, ['microtask', 'turn']);
    runtime.nextTurn(() => order.push('cancelled'))();
  });

  it('gives as many random bytes as asked, in memory of their own', () => {
    const bytes = runtime.randomBytes(20);
    assert.equal(bytes.length, 20);
    assert.equal(bytes.buffer.byteLength, 20);
    assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
    assert.notDeepEqual(bytes, runtime.randomBytes(20));
  });
});

describe('the virtual runtime', () => {
  it('runs timers in order of time, those set meanwhile too', () => {
    const virtual = createVirtualRuntime();
    const ran: [string, number][] = [];
    const note = (name: string) => () => ran.push([name, virtual.elapsed()]);
    virtual.setTimer(note('late'), 100);
    virtual.setTimer(note('first'), 10);
    virtual.setTimer(note('second'), 10);
    virtual.setTimer(() => virtual.setTimer(note('inner'), 20), 30);
    virtual.setTimer(note('cancelled'), 40)();
    virtual.nextTurn(note('turn'));
    virtual.advance(99);
    assert.deepEqual(ran, [
      ['turn', 0],
      ['first', 10],
      ['second', 10],
      ['inner', 50],
    ]);
    assert.equal(virtual.timers, 1);
    virtual.advance(1);
    assert.deepEqual(ran.at(-1), ['late', 100]);
  });

  it('moves the wall clock with time and by itself', () => {
    const virtual = createVirtualRuntime();
    const start = virtual.now();
    virtual.advance(5_000);
    assert.equal(virtual.now(), start + 5_000);
    virtual.setNow(start - 86_400_000);
    virtual.advance(1);
    assert.equal(virtual.now(), start - 86_400_000 + 1);
    assert.equal(virtual.elapsed(), 5_001);
  });

  it('repeats itself from the same seed', () => {
    const draw = (seed: number) => {
      const virtual = createVirtualRuntime(seed);
      return [virtual.random(), ...virtual.randomBytes(8)];
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });
});
