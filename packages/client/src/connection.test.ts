import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { pair } from '@parley/link/memory';
import { decodeRequest, encodeFrame, Refusal, type ServerEvent } from '@parley/protocol';
import { Connection } from './connection.ts';
import { pendingRequests, quietMs, requestMs } from './limits.ts';
import { virtualRuntime } from './testing/virtual-runtime.ts';

function setting(maxFrameBytes?: number) {
  const runtime = virtualRuntime(drain);
  const [near, far] = pair(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const events: ServerEvent[] = [];
  const connection = new Connection(near, runtime, (event) => events.push(event));
  const frames = far.frames();
  return {
    runtime,
    connection,
    events,
    far,
    async asked() {
      const { value } = await frames.next();
      return decodeRequest('json', value);
    },
    answer: (frame: object) => far.send(encodeFrame('json', frame as { id: number; reply: unknown })),
  };
}

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test('answers find their requests, in whatever order they come', async () => {
  const { connection, asked, answer } = setting();
  const first = connection.request('session.ping', {});
  const second = connection.request('session.ping', {});
  const [one, two] = [await asked(), await asked()];
  await answer({ id: two.id, reply: { now: 2 } });
  await answer({ id: one.id, reply: { now: 1, later: 'kept' } });
  assert.equal((await first).now, 1);
  assert.equal((await second).now, 2);
});

test('a refusal keeps its code and detail; an unknown code reads as internal', async () => {
  const { connection, asked, answer } = setting();
  const slow = connection.request('session.ping', {});
  await answer({ id: (await asked()).id, error: { code: 'too-fast', message: '', retryAfterMs: 5, field: 'x' } });
  await assert.rejects(slow, (error) => refused('too-fast')(error) && (error as Refusal).detail.retryAfterMs === 5);
  const odd = connection.request('session.ping', {});
  await answer({ id: (await asked()).id, error: { code: 'from-the-future', message: '' } });
  await assert.rejects(odd, refused('internal'));
});

test('a reply of another form is refused, and so is a reply to nothing ignored', async () => {
  const { connection, asked, answer } = setting();
  const request = connection.request('session.ping', {});
  const { id } = await asked();
  await answer({ id: id + 100, reply: {} });
  await answer({ id, reply: { now: 'noon' } });
  await assert.rejects(request, refused('bad-frame'));
});

test('unknown and malformed events are passed over', async () => {
  const { runtime, events, answer } = setting();
  await answer({ event: 'moon.rose', payload: {} });
  await answer({ event: 'session.ended', payload: { code: 7 } });
  await answer({ event: 'session.ended', payload: { code: 'going-away' } });
  await runtime.settle();
  assert.deepEqual(events, [{ event: 'session.ended', payload: { code: 'going-away' } }]);
});

test('a frame that cannot be read ends the connection', async () => {
  const { connection, far } = setting();
  const request = connection.request('session.ping', {});
  await far.send(new TextEncoder().encode('nonsense'));
  await assert.rejects(request, refused('unavailable'));
  assert.equal(await connection.closed, 'bad-frame');
  assert.ok(connection.over);
  await assert.rejects(connection.request('session.ping', {}), refused('unavailable'));
});

test('a request ends with its signal, and its late reply is ignored', async () => {
  const { runtime, connection, asked, answer } = setting();
  const stop = new AbortController();
  const request = connection.request('session.ping', {}, { signal: stop.signal });
  const { id } = await asked();
  stop.abort(new Error('enough'));
  await assert.rejects(request, /enough/);
  await answer({ id, reply: { now: 1 } });
  await runtime.settle();
  await assert.rejects(connection.request('session.ping', {}, { signal: stop.signal }), /enough/);
  connection.close('done');
  await connection.closed;
  assert.equal(runtime.timers, 0);
});

test('silence is broken by asking, and a connection that stays silent is given up', async () => {
  const { runtime, connection, asked, answer } = setting();
  await runtime.pass(quietMs);
  const { id, request } = await asked();
  assert.equal(request, 'session.ping');
  await answer({ id, reply: { now: 1 } });
  await runtime.pass(quietMs + requestMs - 1);
  assert.ok(!connection.over);
  await runtime.pass(2);
  assert.equal(await connection.closed, 'lost');
});

test('one late answer does not end a connection that is heard of otherwise', async () => {
  const { runtime, connection, answer } = setting();
  const request = connection.request('session.ping', {});
  request.catch(() => {});
  for (let i = 0; i < 4; i++) {
    await runtime.pass(requestMs / 4);
    await answer({ event: 'x.y', payload: {} });
  }
  await assert.rejects(request, refused('unavailable'));
  assert.ok(!connection.over);
});

test('too many or too large requests are refused here', async () => {
  const { connection } = setting(1_000);
  const large = connection.request('session.signIn', { name: 'x'.repeat(2_000), password: '', device: '' });
  await assert.rejects(large, refused('too-large'));
  const asked = Array.from({ length: pendingRequests }, () => connection.request('session.ping', {}));
  for (const one of asked) one.catch(() => {});
  await assert.rejects(connection.request('session.ping', {}), refused('too-many'));
  connection.close('done');
  for (const one of asked) await assert.rejects(one, refused('unavailable'));
});

test('what is taken with a reply is taken before the event after it', async () => {
  const { runtime, connection, asked, answer, events } = setting();
  let eventsThen = -1;
  const taken = () => {
    eventsThen = events.length;
  };
  const request = connection.request('session.ping', {}, { taken });
  const { id } = await asked();
  void answer({ id, reply: { now: 1 } });
  void answer({ event: 'session.ended', payload: { code: 'going-away' } });
  await runtime.settle();
  await request;
  assert.deepEqual([eventsThen, events.length], [0, 1]);
});
