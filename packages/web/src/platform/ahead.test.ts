import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link } from '@parley/link';
import { dialAhead } from './ahead.ts';

/** Dials that are settled by hand, in order. */
function dials() {
  const made: (PromiseWithResolvers<Link> & { signal: AbortSignal | undefined })[] = [];
  const dial = (signal?: AbortSignal) => {
    const one = { ...Promise.withResolvers<Link>(), signal };
    signal?.addEventListener('abort', () => one.reject(signal.reason));
    made.push(one);
    return one.promise;
  };
  return { made, dial };
}

test('the first connection is begun at once and handed out once', async () => {
  const { made, dial } = dials();
  const ahead = dialAhead(dial);
  assert.equal(made.length, 1);
  const link = {} as Link;
  made[0]!.resolve(link);
  assert.equal(await ahead(), link);
  const again = ahead();
  assert.equal(made.length, 2);
  made[1]!.reject(new Error('lost'));
  await assert.rejects(again, /lost/);
});

test('a first connection that fails is told to whoever asks for it, and to nobody before', async () => {
  const { made, dial } = dials();
  const ahead = dialAhead(dial);
  made[0]!.reject(new Error('no server'));
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(ahead(), /no server/);
});

test('the first connection is given up when whoever asked for it gives up', async () => {
  const { made, dial } = dials();
  const ahead = dialAhead(dial);
  const stop = new AbortController();
  const link = ahead(stop.signal);
  stop.abort(new Error('too late'));
  await assert.rejects(link, /too late/);
  assert.equal(made.length, 1);
});
