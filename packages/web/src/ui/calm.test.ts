import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calmly } from './calm.ts';

test('the first change of a task is told at once, the others of it together, and none after the end', (context) => {
  const { timers } = context.mock;
  timers.enable({ apis: ['setTimeout'] });
  let change = (): void => {};
  let told = 0;
  const end = calmly(
    (listener) => {
      change = listener;
      return () => {
        change = () => {};
      };
    },
    () => {
      told++;
    },
  );
  change();
  assert.equal(told, 1);
  for (let i = 0; i < 100; i++) change();
  assert.equal(told, 1);
  timers.tick(1);
  assert.equal(told, 2);
  timers.tick(1);
  assert.equal(told, 2);
  change();
  assert.equal(told, 3);
  change();
  end();
  change();
  timers.tick(1);
  assert.equal(told, 3);
});
