import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { Refusal } from '@parley/protocol';
import fc from 'fast-check';
import type { Status } from './api.ts';
import { backoff } from './backoff.ts';
import { createClient } from './client.ts';
import { keys } from './keys.ts';
import { backoffMs } from './limits.ts';
import { memoryStore } from './store-memory.ts';
import { calm, meanwhile, setting } from './testing/setting.ts';

const refused = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test('waits are drawn up to 0.5 s doubled to 30 s', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999999, noNaN: true }), (attempt, chance) => {
      const ms = backoff({ random: () => chance } as Parameters<typeof backoff>[0], attempt);
      assert.ok(Number.isInteger(ms) && ms >= 0 && ms <= Math.min(backoffMs.longest, backoffMs.first * 2 ** attempt));
    }),
  );
});

test('connects again with growing waits, resumes its session and forgets the waits', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const seen: Status['state'][] = [];
  ada.status.subscribe(() => seen.push(ada.status.get().state));
  let dials = 0;
  const { before } = all.server;
  all.server.before = (name) => {
    if (name === 'session.hello' && dials++ < 4) throw new Refusal('going-away');
  };
  all.server.drop();
  await all.runtime.settle();
  const offline = ada.status.get();
  assert.ok(offline.state === 'offline' && offline.retryAt <= all.runtime.now() + backoffMs.first);
  await assert.rejects(ada.request('session.list', {}), refused('unavailable'));
  await calm(ada, all.runtime);
  assert.equal(dials, 5);
  assert.deepEqual(new Set(seen), new Set(['offline', 'connecting', 'online']));
  all.server.before = before;
  all.server.drop();
  await all.runtime.settle();
  const again = ada.status.get();
  assert.ok(again.state === 'offline' && again.retryAt <= all.runtime.now() + backoffMs.first);
  ada.reconnect();
  await all.runtime.settle();
  assert.equal(ada.status.get().state, 'online');
  await ada.close();
  assert.deepEqual(ada.status.get(), { state: 'closed' });
  assert.equal(all.runtime.timers, 0);
});

test('a restart resumes from the store, and who one is is known before there is a connection', async () => {
  const all = setting(drain);
  const store = memoryStore();
  await (await all.ada(store)).close();
  const again = all.client(store);
  const started = again.start();
  await all.runtime.settle();
  await started;
  assert.equal(again.me.get()?.name, 'ada');
  await calm(again, all.runtime);
  await again.close();
});

test('a token that is void is forgotten, and one can sign in anew', async () => {
  const all = setting(drain);
  const store = memoryStore();
  await (await all.ada(store)).close();
  all.server.tokens.clear();
  const again = all.client(store);
  await again.start();
  await all.runtime.settle();
  assert.equal(again.status.get().state, 'anonymous');
  assert.equal(await store.get(keys.session), undefined);
  await again.signIn({ name: 'ada', password: 'secret' });
  await assert.rejects(again.signIn({ name: 'ada', password: 'secret' }), refused('already-signed-in'));
  await again.close();
});

test('an ended session stops the client, deletes the token, and signing in starts it again', async () => {
  const all = setting(drain);
  const store = memoryStore();
  const ada = await all.ada(store);
  all.server.tellAll('ada', { event: 'session.ended', payload: { code: 'session-ended' } });
  all.server.drop();
  await all.runtime.pass(60_000);
  assert.deepEqual(ada.status.get(), { state: 'closed', code: 'session-ended' });
  assert.equal(ada.me.get(), undefined);
  assert.equal(await store.get(keys.session), undefined);
  assert.equal(all.server.visitors.size, 0);
  await ada.signIn({ name: 'ada', password: 'secret' });
  assert.equal(ada.status.get().state, 'online');
  await ada.close();
});

test('a server that goes away is waited for', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  all.server.tellAll('ada', { event: 'session.ended', payload: { code: 'going-away' } });
  all.server.drop();
  await calm(ada, all.runtime);
  await ada.close();
});

test('signing out ends the session there, forgets everything here, and leaves a connection', async () => {
  const all = setting(drain);
  all.server.says('ops', 'bob', 'secret');
  const store = memoryStore();
  const ada = await all.ada(store);
  ada.room('ops')!.setDraft('mine');
  await all.runtime.pass(1_000);
  assert.ok((await store.list('')).length > 3);
  await ada.signOut();
  await all.runtime.pass(1_000);
  assert.deepEqual(await store.list(''), []);
  assert.deepEqual([ada.me.get(), ada.rooms.get(), ada.status.get().state], [undefined, [], 'anonymous']);
  assert.equal(all.server.tokens.size, 1);
  await ada.close();
});

test('what one account left is not shown to the next', async () => {
  const all = setting(drain);
  const store = memoryStore();
  all.server.room('private', 'ada');
  const ada = await all.ada(store);
  all.server.tellAll('ada', { event: 'session.ended', payload: { code: 'session-ended' } });
  all.server.drop();
  await all.runtime.pass(1_000);
  await ada.signIn({ name: 'bob', password: 'secret' });
  assert.deepEqual(
    ada.rooms.get().map(({ view }) => view.alias),
    ['ops'],
  );
  await all.runtime.pass(1_000);
  assert.equal((await store.list(keys.rooms)).length, 1);
  await ada.close();
});

test('an unsupported version ends it, a silent dial is given up and tried again', async () => {
  const all = setting(drain);
  all.server.before = () => {
    throw new Refusal('unsupported-version');
  };
  const old = all.client();
  await assert.rejects(meanwhile(old.start(), all.runtime), refused('unsupported-version'));
  assert.deepEqual(old.status.get(), { state: 'closed', code: 'unsupported-version' });
  await old.close();

  let dials = 0;
  const silent = createClient({
    dial: (signal) => {
      dials += 1;
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    },
    store: memoryStore(),
    runtime: all.runtime,
    name: 'test/1',
    device: 'test',
  });
  const starting = silent.start();
  starting.catch(() => {});
  await all.runtime.pass(60_000);
  assert.ok(dials >= 2);
  await silent.close();
  await assert.rejects(starting, refused('unavailable'));
  assert.equal(all.runtime.timers, 0);
});

test('a client ends with its signal', async () => {
  const all = setting(drain);
  const stop = new AbortController();
  const client = createClient({
    dial: all.server.dial,
    store: memoryStore(),
    runtime: all.runtime,
    name: 'test/1',
    device: 'test',
    signal: stop.signal,
  });
  await client.start();
  stop.abort();
  await all.runtime.settle();
  assert.equal(client.status.get().state, 'closed');
  await assert.rejects(client.start());
});

test('a change of one’s profile is known at once and after a restart', async () => {
  const all = setting(drain);
  const store = memoryStore();
  const ada = await all.ada(store);
  const { user: id, name } = ada.me.get()!;
  const person = { id, name, display: 'Ada L.', kind: 'person' } as const;
  all.server.tellAll('ada', { event: 'account.changed', payload: { person, serverRole: 'admin' } });
  await all.runtime.settle();
  assert.deepEqual([ada.me.get()?.display, ada.me.get()?.serverRole], ['Ada L.', 'admin']);
  assert.equal(ada.person(id)?.display, 'Ada L.');
  await ada.close();
});

test('events are seen by whoever asks, until they stop', async () => {
  const all = setting(drain);
  const ada = await all.ada();
  const stop = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { event } of ada.events(stop.signal)) seen.push(event);
  })();
  await all.runtime.settle();
  all.server.says('ops', 'bob', 'x');
  await all.runtime.settle();
  stop.abort();
  await reading;
  all.server.says('ops', 'bob', 'y');
  await all.runtime.settle();
  assert.deepEqual(seen, ['entry.appended']);
  await ada.close();
});
