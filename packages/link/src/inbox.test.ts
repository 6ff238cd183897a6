import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inbox } from './inbox.ts';
import { frameOverheadBytes, readAheadBytes } from './limits.ts';

function inboxWithSource() {
  const calls: string[] = [];
  const inbox = new Inbox({ pause: () => calls.push('pause'), resume: () => calls.push('resume') });
  return { calls, inbox };
}

test('pauses its source past the read-ahead and resumes it at half', async () => {
  const { calls, inbox } = inboxWithSource();
  const frame = new Uint8Array(readAheadBytes / 4);
  for (let count = 0; count < 4; count += 1) inbox.push(frame);
  assert.deepEqual(calls, ['pause']);
  inbox.push(frame);
  await inbox.next();
  await inbox.next();
  await inbox.next();
  assert.deepEqual(calls, ['pause']);
  await inbox.next();
  assert.deepEqual(calls, ['pause', 'resume']);
});

test('counts empty frames too', () => {
  const { calls, inbox } = inboxWithSource();
  for (let count = 0; count <= readAheadBytes / frameOverheadBytes; count += 1) inbox.push(new Uint8Array(0));
  assert.deepEqual(calls, ['pause']);
});

test('keeps the order over many frames that are never all read', async () => {
  const inbox = new Inbox();
  let pushed = 0;
  for (; pushed < 10; pushed += 1) inbox.push(Uint8Array.of(pushed));
  for (let taken = 0; taken < 5000; taken += 1) {
    inbox.push(Uint8Array.of(pushed));
    pushed += 1;
    assert.equal((await inbox.next()).value?.[0], taken % 256);
  }
  assert.equal(inbox.bytes, 10 * (1 + frameOverheadBytes));
});

test('hands out what is unread before it ends, or forgets it', async () => {
  const kept = inboxWithSource();
  kept.inbox.push(Uint8Array.of(1));
  kept.inbox.end(false);
  kept.inbox.push(Uint8Array.of(2));
  assert.deepEqual(await kept.inbox.next(), { done: false, value: Uint8Array.of(1) });
  assert.equal((await kept.inbox.next()).done, true);

  const dropped = inboxWithSource();
  dropped.inbox.push(new Uint8Array(readAheadBytes));
  dropped.inbox.end(true);
  assert.deepEqual(dropped.calls, ['pause', 'resume']);
  assert.equal((await dropped.inbox.next()).done, true);
});
