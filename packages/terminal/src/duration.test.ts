import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationWords } from './duration.ts';

test('says a span in the largest unit that divides it', () => {
  const said: [number, string][] = [
    [1, '1 second'],
    [90_000, '90 seconds'],
    [600_000, '10 minutes'],
    [3_600_000, '1 hour'],
    [172_800_000, '2 days'],
    [604_800_000, '1 week'],
  ];
  for (const [ms, words] of said) assert.equal(durationWords(ms), words);
});
