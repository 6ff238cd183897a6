import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserCloseCode, closeCode, closeReason, closeReasons } from './close-reason.ts';

test('every reason survives as a close code, from a browser too', () => {
  for (const reason of closeReasons) {
    assert.equal(closeReason(closeCode(reason)), reason);
    assert.equal(closeReason(browserCloseCode(reason)), reason);
    const code = browserCloseCode(reason);
    assert.ok(code === 1000 || (code >= 3000 && code <= 4999), `a page may not send ${code}`);
  }
  assert.equal(new Set(closeReasons.map(closeCode)).size, closeReasons.length);
});

test('reads codes of others as the nearest reason', () => {
  assert.equal(closeReason(1002), 'bad-frame');
  assert.equal(closeReason(1007), 'bad-frame');
  assert.equal(closeReason(1008), 'refused');
  assert.equal(closeReason(1005), 'done');
  assert.equal(closeReason(4999), 'done');
});
