import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, printed } from './benchmark.ts';
import { Latencies } from './latencies.ts';
import { numberOf, sentAtUs, textWriter } from './text.ts';

test('a text gives back when it was sent and its number', () => {
  const text = textWriter(100)(1_234_567_890.9, 42);
  assert.equal(text.length, 100);
  assert.deepEqual([sentAtUs(text, 0), numberOf(text, 0)], [1_234_567_890, 42]);
  assert.deepEqual([sentAtUs(Buffer.concat([Buffer.from('42["m","'), text]), 8)], [1_234_567_890]);
  assert.throws(() => textWriter(20), RangeError);
});

test('quantiles of latencies are exact to 10 µs', () => {
  const latencies = new Latencies();
  assert.ok(Number.isNaN(latencies.quantileMs(0.5)));
  for (let ms = 1; ms <= 100; ms++) latencies.record(ms * 1000 - 1);
  assert.equal(latencies.quantileMs(0.5), 50);
  assert.equal(latencies.quantileMs(0.99), 99);
  latencies.record(1e12);
  assert.equal(latencies.quantileMs(1), 20_000);
});

test('quotes the middle value', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1]), 1);
  assert.ok(Number.isNaN(median([])));
});

test('prints notes and a table', () => {
  const table = { notes: ['n'], columns: ['name', 'x'], rows: [['a', '10']], data: null };
  assert.equal(printed(table), 'n\n\nname   x\n----  --\na     10');
});
