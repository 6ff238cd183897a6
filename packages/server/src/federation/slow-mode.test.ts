import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RoomState } from '@parley/room';
import { SlowMode } from './slow-mode.ts';

const state = (slowModeMs: number, role: string): RoomState =>
  ({ id: 'r', settings: { slowModeMs }, members: new Map([['ada', { role }]]) }) as unknown as RoomState;

describe('slow mode at an origin', () => {
  it('lets one message through in its time, and says how long the next one has to wait', () => {
    let now = 1_000;
    const slow = new SlowMode(() => now);
    const room = state(2_000, 'member');
    assert.equal(slow.take(room, 'ada', 'message'), 0);
    now += 500;
    assert.equal(slow.take(room, 'ada', 'message'), 1_500);
    assert.equal(slow.take(room, 'ada', 'react'), 0);
    now += 1_500;
    assert.equal(slow.take(room, 'ada', 'message'), 0);
    assert.equal(slow.take(room, 'ada', 'message'), 2_000);
  });

  it('begins anew where the clerk found somebody too fast', () => {
    let now = 0;
    const slow = new SlowMode(() => now);
    slow.note('r', 'ada');
    now = 700;
    assert.equal(slow.take(state(2_000, 'guest'), 'ada', 'message'), 1_300);
  });

  it('is not for those who moderate, nor where there is none', () => {
    const slow = new SlowMode(() => 0);
    for (const room of [state(0, 'member'), state(2_000, 'moderator')]) {
      assert.equal(slow.take(room, 'ada', 'message'), 0);
      assert.equal(slow.take(room, 'ada', 'message'), 0);
    }
  });
});
