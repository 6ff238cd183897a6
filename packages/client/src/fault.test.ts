import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import type { Carry } from '@parley/link/memory';
import type { Client, Store } from './api.ts';
import { createClient } from './client.ts';
import { memoryStore } from './store-memory.ts';
import { allRows, calm, meanwhile, rowsOf, type Setting, setting, signedIn } from './testing/setting.ts';

const own = ({ room, server }: Setting) =>
  room.log.filter((entry) => entry.user === server.account('ada').user).map((entry) => entry.clientId);

/** Messages, a reply, an edit and a reaction, with others speaking in between. */
async function talk(client: Client, all: Setting): Promise<unknown[]> {
  const room = client.room('ops');
  assert.ok(room);
  const ada = { user: all.server.account('ada').user };
  const sent = [room.send('one', { clientId: 'a1' }), room.send('two', { clientId: 'a2' })];
  await all.runtime.settle();
  all.server.says('ops', 'bob', 'hello', { clientId: 'b1' });
  sent.push(
    room.edit({ ...ada, clientId: 'a1' }, 'uno', { clientId: 'a3' }),
    room.react({ user: all.server.account('bob').user, clientId: 'b1' }, '👍', { clientId: 'a4' }),
  );
  await all.runtime.settle();
  all.server.says('ops', 'bob', 'bye', { clientId: 'b2' });
  sent.push(room.send('three', { clientId: 'a5' }));
  return Promise.allSettled(sent);
}

test('a connection that breaks at any frame loses nothing and repeats nothing', async () => {
  for (const replyFirst of [true, false]) {
    for (let cutAt = 1; ; cutAt++) {
      let frames = 0;
      let cut = () => {};
      const carry: Carry = (piece, deliver) => {
        frames += piece.kind === 'frame' ? 1 : 0;
        if (piece.kind === 'frame' && frames === cutAt) queueMicrotask(cut);
        else queueMicrotask(deliver);
      };
      const all = setting(drain, { carry, seed: cutAt });
      all.server.replyFirst = replyFirst;
      cut = () => all.server.drop();
      const store = memoryStore();
      const ada = all.client(store);
      await signedIn(ada, all.runtime);
      await calm(ada, all.runtime);
      const timeline = ada.room('ops')!.timeline();
      await meanwhile(talk(ada, all), all.runtime);
      await calm(ada, all.runtime);
      assert.deepEqual(own(all), ['a1', 'a2', 'a3', 'a4', 'a5'], `cut at frame ${cutAt}`);
      assert.deepEqual(await allRows(timeline), rowsOf(all.room, ada.me.get()!.user), `cut at frame ${cutAt}`);
      const { unread, marker } = ada.room('ops')!.summary.get();
      assert.deepEqual({ unread, marker }, { unread: 0, marker: all.room.head });
      await ada.close();
      assert.deepEqual(await store.list('outbox/'), []);
      assert.equal(all.runtime.timers, 0);
      if (frames < cutAt) break;
    }
  }
});

/** A store whose process dies at one of its writes, before or after it is done. */
function mortal(store: Store, dieAt: number, when: 'before' | 'after', died: () => void): Store & { writes: number } {
  const counting = {
    ...store,
    writes: 0,
    async apply(changes: Parameters<Store['apply']>[0]) {
      counting.writes += 1;
      if (counting.writes < dieAt) return store.apply(changes);
      if (counting.writes === dieAt) {
        if (when === 'after') await store.apply(changes);
        died();
      }
      return new Promise<void>(() => {});
    },
  };
  return counting;
}

for (const when of ['before', 'after'] as const)
  test(`a process that dies ${when} any write to the store sends all that was durable, once and in order`, async () => {
    for (let dieAt = 1; ; dieAt++) {
      const all = setting(drain, { seed: dieAt });
      const store = memoryStore();
      let alive = true;
      const first = mortal(store, dieAt, when, () => {
        alive = false;
        all.server.drop();
      });
      const dying = createClient({
        dial: (signal) => (alive ? all.server.dial(signal) : new Promise(() => {})),
        store: first,
        runtime: all.runtime,
        name: 'test/1',
        device: 'test',
      });
      dying.signIn({ name: 'ada', password: 'secret' }).catch(() => {});
      await all.runtime.pass(2_000);
      if (dying.room('ops')) void talk(dying, all);
      await all.runtime.pass(20_000);
      const durable = (await store.list('outbox/')).length;
      const before = own(all);

      const reborn = all.client(store);
      await reborn.start();
      await signedIn(reborn, all.runtime);
      await calm(reborn, all.runtime);
      const after = own(all);
      const label = `died at write ${dieAt}: ${before} then ${after}`;
      assert.deepEqual(after, ['a1', 'a2', 'a3', 'a4', 'a5'].slice(0, after.length), label);
      assert.deepEqual(after.slice(0, before.length), before, label);
      assert.ok(after.length >= durable && after.length <= before.length + durable, label);
      assert.deepEqual(await allRows(reborn.room('ops')!.timeline()), rowsOf(all.room, reborn.me.get()!.user), label);
      await reborn.close();
      assert.deepEqual(await store.list('outbox/'), []);
      if (first.writes < dieAt) break;
    }
  });
