import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './clock.ts';
import { Life } from './life.ts';
import { Random } from './random.ts';

test('timers run in the order of their times, those of one time in the order in which they were set', async () => {
  const clock = new Clock();
  const ran: string[] = [];
  for (const [name, ms] of [
    ['c', 30],
    ['a', 10],
    ['b', 20],
    ['a2', 10],
  ] as const)
    clock.setTimer(() => ran.push(`${name}@${clock.nowMs}`), ms);
  clock.setTimer(() => ran.push('never'), 15)();
  await clock.pass(25);
  assert.deepEqual(ran, ['a@10', 'a2@10', 'b@20']);
  assert.equal(clock.nowMs, 25);
  await clock.pass(5);
  assert.equal(ran.at(-1), 'c@30');
});

test('all that needs no time is done before time goes on', async () => {
  const clock = new Clock();
  const ran: string[] = [];
  clock.setTimer(async () => {
    for (let i = 0; i < 50; i++) await undefined;
    ran.push('first');
    clock.setTimer(() => ran.push('set by the first'), 0);
  }, 10);
  clock.setTimer(() => ran.push('second'), 11);
  await clock.pass(100);
  assert.deepEqual(ran, ['first', 'set by the first', 'second']);
});

test('waiting for something ends when it is so, or in time', async () => {
  const clock = new Clock();
  let isSo = false;
  clock.setTimer(() => {
    isSo = true;
  }, 500);
  assert.equal(await clock.until(() => isSo, 100), false);
  assert.equal(await clock.until(() => isSo, 1_000), true);
  assert.equal(clock.nowMs, 500);
});

test('the dead hear no timer', async () => {
  const clock = new Clock();
  const life = new Life('x', clock, new Random(1), 3_600_000);
  let ran = 0;
  life.runtime.setTimer(() => ran++, 10);
  life.runtime.nextTurn(() => ran++);
  await clock.pass(5);
  life.kill();
  await clock.pass(50);
  assert.equal(ran, 1);
  assert.equal(life.runtime.elapsed(), 55);
});
