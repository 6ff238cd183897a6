import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDuration, readMoment } from './duration.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

test('reads spans of time', () => {
  const read: [string, number][] = [
    ['90', 90_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
  ];
  for (const [typed, ms] of read) assert.equal(readDuration(typed), ms, typed);
  for (const typed of ['', 'x', '-1', '1y', '1.5h', 'h', '1 h', '9999999999'])
    assert.equal(readDuration(typed), undefined);
});

test('reads moments: a time ago, a day, a time with or without a zone', () => {
  assert.equal(readMoment('1h', now), now - 3_600_000);
  assert.equal(readMoment('2026-11-20T10:00Z', now), Date.parse('2026-11-20T10:00Z'));
  assert.equal(readMoment('2026-11-20T10:00:01.5+02:00', now), Date.parse('2026-11-20T08:00:01.500Z'));
  assert.equal(readMoment('2026-11-20 10:00', now), new Date(2026, 10, 20, 10).getTime());
  assert.equal(readMoment('2026-11-20', now), new Date(2026, 10, 20).getTime());
  for (const typed of ['yesterday', '2026-13-01', '20-11-2026', '2026-11-20T', '2026-11-20T25:00'])
    assert.equal(readMoment(typed, now), undefined, typed);
});
