import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createToasts } from './toasts.ts';

test('an act that can be undone is carried out when its note goes, and not when it is undone', () => {
  const toasts = createToasts();
  const done: string[] = [];
  const show = (name: string) =>
    toasts.show({ text: name, undo: () => void done.push(`undo ${name}`), commit: () => void done.push(name) });
  const first = show('first');
  const second = show('second');
  assert.deepEqual(done, []);
  toasts.close(first);
  toasts.close(second, true);
  toasts.close(second);
  assert.deepEqual(done, ['first', 'undo second']);
  assert.deepEqual(toasts.get(), []);
});

test('leaving the page carries out what waits', () => {
  const toasts = createToasts();
  const done: string[] = [];
  for (const name of ['a', 'b']) toasts.show({ text: name, commit: () => void done.push(name) });
  toasts.flush();
  assert.deepEqual(done, ['a', 'b']);
});

test('a fourth note makes the oldest give way, its act carried out', () => {
  const toasts = createToasts();
  const done: string[] = [];
  let told = 0;
  const stop = toasts.subscribe(() => {
    told++;
  });
  for (const name of ['a', 'b', 'c', 'd']) toasts.show({ text: name, commit: () => void done.push(name) });
  stop();
  assert.deepEqual(done, ['a']);
  assert.deepEqual(
    toasts.get().map(({ text }) => text),
    ['b', 'c', 'd'],
  );
  assert.equal(told, 5);
});
