import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { keyProof, type Payload, Refusal } from '@parley/protocol';
import type { KeyMessage, OwnKey } from './api.ts';
import { memoryStore } from './store-memory.ts';
import { calm, type Setting, setting } from './testing/setting.ts';

const challenge = new Uint8Array(32).fill(7);

/** Sealing is the e2ee package's; here it is writing. */
function plainKey(n: number): OwnKey {
  const key = new Uint8Array(32).fill(n);
  return {
    key,
    sign: async (message) => Uint8Array.from([...message.subarray(0, 63), n]),
    seal: async (to, { text }) => new TextEncoder().encode(`${to[0]} ${n} ${text}`),
    async open(sealed) {
      const [to, from, text = ''] = new TextDecoder().decode(sealed).split(' ');
      if (Number(to) !== n) throw new Error('not for this key');
      return { from: new Uint8Array(32).fill(Number(from)), id: sealed, at: 1, name: undefined, text };
    },
  };
}

function withKeys(all: Setting): { asked: [string, unknown][]; refuse: Map<string, Refusal> } {
  const asked: [string, unknown][] = [];
  const refuse = new Map<string, Refusal>();
  all.server.before = (request, payload) => {
    const isOfKeys = request === 'session.challenge' || request === 'account.addKey' || request.startsWith('key.');
    if (!isOfKeys) return undefined;
    asked.push([request, payload]);
    const refusal = refuse.get(request);
    if (refusal) throw refusal;
    if (request === 'session.challenge') return { challenge, expiresMs: 60_000 };
    return request === 'key.send' ? { deliveredAt: 9 } : {};
  };
  return { asked, refuse };
}

function deliver(all: Setting, to: number, from: number, text: string, n = 1): void {
  const sealed = new TextEncoder().encode(`${to} ${from} ${text}`);
  const delivery = new Uint8Array(16).fill(n);
  const key = new Uint8Array(32).fill(to);
  all.server.tellAll('ada', { event: 'key.received', payload: { key, delivery, sealed } });
}

async function gather(messages: AsyncIterable<KeyMessage>, into: string[]): Promise<void> {
  for await (const { from, text } of messages) into.push(`${from[0]}: ${text}`);
}

test('a key is proven to this server, and what is opened is acknowledged', async () => {
  const all = setting(drain);
  const { asked } = withKeys(all);
  const ada = await all.ada();
  const own = plainKey(1);
  const stop = new AbortController();
  const heard: string[] = [];
  const messages = await ada.listenAtKey(own, stop.signal);
  const server = ada.server.get()!.server.id;
  const [, proof] = asked.find(([request]) => request === 'key.listen')!;
  assert.deepEqual((proof as Payload<'key.listen'>).signature, await own.sign(keyProof('listen', server, challenge)));
  deliver(all, 1, 2, 'early');
  await all.runtime.settle();
  const following = gather(messages, heard);
  deliver(all, 1, 2, 'hello', 2);
  deliver(all, 1, 2, 'hello', 3);
  deliver(all, 3, 2, 'not mine', 4);
  await all.runtime.settle();
  assert.deepEqual(heard, ['2: early', '2: hello'], 'a repeat is not heard twice');
  const acknowledged = asked.filter(([request]) => request === 'key.acknowledge');
  assert.equal(acknowledged.length, 3, 'a repeat is acknowledged too');
  stop.abort();
  await following;
  assert.equal(asked.at(-1)?.[0], 'key.unlisten');
  await ada.close();
});

test('a key is added after what is proven already: a connection has one challenge at a time', async () => {
  const all = setting(drain);
  const { asked, refuse } = withKeys(all);
  const ada = await all.ada();
  const own = plainKey(1);
  const stop = new AbortController();
  await Promise.all([ada.listenAtKey(own, stop.signal), ada.addKey(own, 'laptop')]);
  const proofs = asked.map(([request]) => request).filter((request) => request !== 'key.unlisten');
  assert.deepEqual(proofs, ['session.challenge', 'key.listen', 'session.challenge', 'account.addKey']);
  const [, added] = asked.at(-1)!;
  const signature = await own.sign(keyProof('add-key', ada.server.get()!.server.id, challenge));
  assert.deepEqual(added, { key: own.key, signature, label: 'laptop' });
  refuse.set('account.addKey', new Refusal('duplicate'));
  await assert.rejects(ada.addKey(own, 'laptop'), { code: 'duplicate' });
  stop.abort();
  await ada.close();
});

test('what cannot be opened is not acknowledged', async () => {
  const all = setting(drain);
  const { asked } = withKeys(all);
  const ada = await all.ada();
  const own: OwnKey = { ...plainKey(1), open: async () => Promise.reject(new Error('changed on the way')) };
  const heard: string[] = [];
  void gather(await ada.listenAtKey(own), heard);
  deliver(all, 1, 2, 'hello');
  await all.runtime.settle();
  assert.deepEqual(heard, []);
  assert.equal(asked.filter(([request]) => request === 'key.acknowledge').length, 0);
  await ada.close();
});

test('a new connection proves the key again; a refusal ends it', async () => {
  const all = setting(drain);
  const { asked, refuse } = withKeys(all);
  const ada = await all.ada();
  const heard: string[] = [];
  const ended = gather(await ada.listenAtKey(plainKey(1)), heard);
  all.server.drop();
  await calm(ada, all.runtime);
  deliver(all, 1, 2, 'back');
  await all.runtime.settle();
  assert.deepEqual(heard, ['2: back']);
  assert.equal(asked.filter(([request]) => request === 'key.listen').length, 2);
  refuse.set('session.challenge', new Refusal('too-fast', { retryAfterMs: 3_000 }));
  all.server.drop();
  await calm(ada, all.runtime);
  refuse.clear();
  refuse.set('key.listen', new Refusal('too-many'));
  const rejected = assert.rejects(ended, { code: 'too-many' });
  await all.runtime.pass(3_000);
  await rejected;
  await ada.close();
  assert.equal(all.runtime.timers, 0);
});

test('a message is sealed before it leaves, and nothing of it is kept', async () => {
  const all = setting(drain);
  const { asked, refuse } = withKeys(all);
  const store = memoryStore();
  const ada = await all.ada(store);
  const to = new Uint8Array(32).fill(2);
  assert.deepEqual(await ada.sendToKey(plainKey(1), to, { text: 'canary' }), { deliveredAt: 9 });
  const [, payload] = asked.at(-1)!;
  assert.deepEqual(payload, { key: to, sealed: new TextEncoder().encode('2 1 canary') });
  refuse.set('key.send', new Refusal('nobody-there'));
  await assert.rejects(ada.sendToKey(plainKey(1), to, { text: 'canary' }), { code: 'nobody-there' });
  await all.runtime.pass(10_000);
  const kept = (await store.list('')).map(([key, value]) => `${key} ${new TextDecoder().decode(value)}`).join('\n');
  assert.doesNotMatch(kept, /canary/);
  await ada.close();
});
