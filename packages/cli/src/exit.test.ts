import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, errors, Refusal } from '@parley/protocol';
import { exitOfCode, exits, Failure, Interrupted, tell, usage } from './exit.ts';

test('each kind of refusal has the exit code of its remedy', () => {
  const expected: [ErrorCode, number][] = [
    ['bad-credentials', 3],
    ['session-ended', 3],
    ['not-found', 4],
    ['forbidden', 4],
    ['muted', 4],
    ['unavailable', 5],
    ['bad-request', 2],
    ['name-taken', 1],
  ];
  for (const [code, exit] of expected) assert.equal(exitOfCode(code), exit, code);
  for (const code of Object.keys(errors) as ErrorCode[]) assert.ok(exitOfCode(code) >= 1, code);
});

test('an error is told in one line', () => {
  assert.deepEqual(tell(usage('ROOM is missing')), {
    exit: 2,
    code: 'usage',
    message: 'ROOM is missing',
    retryable: false,
  });
  const refusal = tell(new Refusal('too-fast', { retryAfterMs: 1_500 }));
  assert.equal(refusal?.message, 'A rate limit was reached; try again after the given time, again in 2 s (too-fast)');
  assert.equal(refusal?.retryable, true);
  assert.equal(
    tell(new Refusal('internal', { id: 'q7' }))?.message,
    'The server failed; the id is in its log, id q7 (internal)',
  );
  const missing = Object.assign(new Error('ENOENT: …'), { code: 'ENOENT', path: 'key.pem' });
  assert.equal(tell(missing)?.message, 'key.pem: there is no such file');
  assert.equal(tell(Object.assign(new Error('the port is taken'), { name: 'StartError' }))?.exit, exits.usage);
});

test('being stopped is no error to talk about', () => {
  assert.deepEqual(tell(new Interrupted('SIGINT')), { exit: 130, code: 'interrupted', message: '', retryable: true });
  assert.equal(tell(new Interrupted('SIGTERM'))?.exit, 143);
});

test('a fault of the program is not made pretty', () => {
  assert.equal(tell(new TypeError('x is not a function')), undefined);
  assert.equal(tell('thrown text'), undefined);
  assert.ok(new Failure(exits.failure, 'x', 'y') instanceof Error);
});
