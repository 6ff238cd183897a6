import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLimits } from './limits.ts';

const standard = createLimits({ rateFactor: 1, connections: 1_000, loadedRooms: 100 });

describe('the limits', () => {
  it('hold guests tighter than accounts, and accounts tighter than addresses', () => {
    for (const { account, guest, address } of Object.values(standard.rates)) {
      for (const field of ['burst', 'perMinute'] as const) {
        assert.ok(guest[field] < account[field]);
        assert.ok(account[field] < address[field]);
      }
    }
  });

  it('are scaled by one factor, never to nothing', () => {
    const tenfold = createLimits({ rateFactor: 10, connections: 1, loadedRooms: 1 });
    assert.equal(tenfold.rates.send.account.perMinute, standard.rates.send.account.perMinute * 10);
    assert.equal(tenfold.rates.send.account.burst, standard.rates.send.account.burst * 10);
    const tiny = createLimits({ rateFactor: 0.001, connections: 1, loadedRooms: 1 });
    for (const { account, guest, address } of Object.values(tiny.rates)) {
      for (const limit of [account, guest, address]) {
        assert.ok(limit.burst >= 1);
        assert.ok(limit.perMinute > 0);
      }
    }
  });
});
