import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Beating, LinkSet } from './link-set.ts';
import { ManualTimers } from './manual-timers.ts';

function member(set: LinkSet, obeys = true) {
  const calls: string[] = [];
  const link: Beating = {
    beat: () => calls.push('beat'),
    close: (reason) => {
      calls.push(reason);
      if (obeys) set.delete(link);
    },
    abort: () => {
      calls.push('abort');
      set.delete(link);
    },
  };
  set.add(link);
  return { calls, link };
}

test('beats every link once per heartbeat, spread over its turns', () => {
  const timers = new ManualTimers();
  const set = new LinkSet(timers, 1600, 16);
  const members = Array.from({ length: 40 }, () => member(set));
  const beaten = (): number => members.reduce((sum, { calls }) => sum + calls.length, 0);
  timers.advance(100);
  assert.ok(beaten() <= 3);
  timers.advance(1500);
  for (const { calls } of members) assert.deepEqual(calls, ['beat']);
  for (const { link } of members) set.delete(link);
  assert.equal(timers.size, 0);
});

test('stays even when links come and go', () => {
  const timers = new ManualTimers();
  const set = new LinkSet(timers, 1600, 16);
  const first = Array.from({ length: 16 }, () => member(set));
  const second = first.map(({ link }) => {
    set.delete(link);
    return member(set);
  });
  timers.advance(100);
  assert.equal(second.filter(({ calls }) => calls.length > 0).length, 1);
});

test('closes all and waits, by force after the grace', async () => {
  const timers = new ManualTimers();
  const set = new LinkSet(timers, 1600, 16);
  await set.close('done');
  const good = member(set);
  const deaf = member(set, false);
  const closing = set.close('going-away');
  assert.deepEqual([good.calls, deaf.calls], [['going-away'], ['going-away']]);
  const again = set.close('going-away');
  timers.advance(60_000);
  await Promise.all([closing, again]);
  assert.equal(deaf.calls.at(-1), 'abort');
  assert.equal(timers.size, 0);
});
