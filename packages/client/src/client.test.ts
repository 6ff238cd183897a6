import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { Refusal } from '@parley/protocol';
import type { Client, MessageRow, Store, Timeline } from './api.ts';
import { createClient } from './client.ts';
import { memoryStore } from './store-memory.ts';
import { FakeServer } from './testing/fake-server.ts';
import { virtualRuntime } from './testing/virtual-runtime.ts';

function setting(options: { tail?: number; encoding?: 'json' | 'cbor' } = {}) {
  const runtime = virtualRuntime(drain);
  const server = new FakeServer({ now: () => runtime.now(), ...options });
  const room = server.room('ops', 'ada', 'bob');
  const client = (store: Store = memoryStore()): Client =>
    createClient({ dial: server.dial, store, runtime, name: 'test/1', device: 'test' });
  return { runtime, server, room, client };
}

const texts = (timeline: Timeline) =>
  timeline
    .get()
    .rows.filter((row) => row.type === 'message')
    .map((row) => row.body?.text ?? null);

const last = (timeline: Timeline) => timeline.get().rows.at(-1) as MessageRow;

for (const encoding of ['json', 'cbor'] as const)
  test(`signs in, follows a room and sends a message over ${encoding}`, async () => {
    const { runtime, server, client } = setting({ encoding });
    server.says('ops', 'bob', 'one');
    const ada = client();
    await ada.start();
    assert.equal(ada.status.get().state, 'anonymous');
    await ada.signIn({ name: 'ada', password: 'secret' });
    assert.equal(ada.status.get().state, 'online');
    const room = ada.room('#ops');
    assert.ok(room);
    const timeline = room.timeline();
    assert.deepEqual(texts(timeline), ['one']);
    assert.equal(room.summary.get().unread, 1);
    const sent = await room.send('two');
    assert.ok(sent !== 'queued' && sent.seq === 2);
    server.says('ops', 'bob', 'three');
    await runtime.settle();
    assert.deepEqual(texts(timeline), ['one', 'two', 'three']);
    assert.deepEqual(ada.rooms.get()[0]?.last?.text, 'three');
    assert.equal(room.summary.get().unread, 1);
    await ada.close();
    assert.equal(runtime.timers, 0);
  });

test('a sync of many rooms tells of their list once', async () => {
  const { server, client } = setting();
  for (let i = 0; i < 20; i++) server.room(`room-${i}`, 'ada');
  const ada = client();
  await ada.start();
  let told = 0;
  ada.rooms.subscribe(() => told++);
  await ada.signIn({ name: 'ada', password: 'secret' });
  assert.equal(ada.rooms.get().length, 21);
  assert.ok(told <= 2, `told ${told} times`);
  await ada.close();
});

test('making a room again whose answer was lost is a resend; after an answer it is another room', async () => {
  const { runtime, server, client } = setting();
  const asked: string[] = [];
  let answer: () => object | undefined = () => undefined;
  server.before = async (request, payload) => {
    if (request !== 'room.create') return undefined;
    asked.push((payload as { clientId: string }).clientId);
    return answer();
  };
  const ada = client();
  await ada.signIn({ name: 'ada', password: 'secret' });
  answer = () => {
    server.drop();
    return undefined;
  };
  await assert.rejects(ada.create({ alias: 'new' }), { code: 'unavailable' });
  answer = () => undefined;
  ada.reconnect();
  await runtime.settle();
  assert.equal((await ada.create({ alias: 'new' })).summary.get().view.alias, 'new');
  answer = () => {
    throw new Refusal('name-taken');
  };
  for (let i = 0; i < 2; i++) await assert.rejects(ada.create({ alias: 'new' }), { code: 'name-taken' });
  await ada.close();
  assert.equal(asked[1], asked[0]);
  assert.equal(new Set(asked).size, 3);
});

test('a sent message is there in the same moment and keeps its key and place until its entry stands', async () => {
  for (const replyFirst of [true, false]) {
    const { runtime, server, client } = setting();
    server.replyFirst = replyFirst;
    const ada = client();
    await ada.signIn({ name: 'ada', password: 'secret' });
    const timeline = ada.room('ops')?.timeline();
    assert.ok(timeline);
    const sending = ada.room('ops')?.send('hello');
    const key = last(timeline).key;
    assert.equal(last(timeline).state, 'waiting');
    const seen: string[] = [];
    timeline.subscribe(() => {
      const { rows } = timeline.get();
      assert.equal(rows.length, 1);
      assert.equal(rows[0]?.key, key);
      seen.push((rows[0] as MessageRow).state);
    });
    await sending;
    await runtime.settle();
    assert.deepEqual([...new Set(seen)], ['sending', 'sent']);
    assert.equal(last(timeline).seq, 1);
    assert.deepEqual(ada.outbox.get(), []);
    await ada.close();
  }
});
