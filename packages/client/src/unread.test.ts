import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as drain } from 'node:timers/promises';
import { Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { Cache } from './cache.ts';
import { RoomLog } from './log.ts';
import { Marker } from './marker.ts';
import { memoryStore } from './store-memory.ts';
import { type Author, FakeRoom } from './testing/fake-room.ts';
import { virtualRuntime } from './testing/virtual-runtime.ts';

const server = `${'s'.repeat(51)}a`;
const ada: Author = { user: `${'a'.repeat(16)}.${server}`, name: 'ada' };
const bob: Author = { user: `${'b'.repeat(16)}.${server}`, name: 'bob' };

/** A room on the server and one device of ada's, joined by a wire that delivers in order when it is told to. */
function setting(tail: number) {
  const runtime = virtualRuntime(drain);
  const room = new FakeRoom(`${'r'.repeat(51)}a`, 'ops');
  let isOnline = true;
  let up: (() => void)[] = [];
  const asked = new Set<() => void>();
  let down: (() => void)[] = [];
  const log = new RoomLog(room.id, {
    runtime,
    cache: new Cache(memoryStore(), runtime),
    online: () => isOnline,
    page: async (query) => room.page(query),
    resync: () => assert.fail('nothing contradicts'),
  });
  const marker = new Marker(
    {
      runtime,
      log,
      online: () => isOnline,
      me: () => ada.user,
      set({ seq }, taken) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const go = () => {
          room.markers.set(ada.user, seq);
          const reply = { room: room.id, ...room.counts(ada.user) };
          down.push(() => {
            asked.delete(fail);
            taken(reply);
            resolve();
          });
        };
        const fail = () => reject(new Refusal('unavailable'));
        asked.add(fail);
        up.push(go);
        return promise;
      },
      changed: () => {},
    },
    { marker: 0, unread: 0, mentions: 0 },
    undefined,
  );
  log.listen({ applied: (entries) => marker.applied(entries) });
  const drop = () => {
    isOnline = false;
    for (const fail of asked) fail();
    asked.clear();
    up = [];
    down = [];
  };
  return {
    runtime,
    room,
    log,
    marker,
    drop,
    follow() {
      drop();
      isOnline = true;
      const { head } = log;
      const sync = room.sync(ada.user, head.seq > 0 ? head : undefined, tail);
      marker.follow(sync, sync.room.head.seq);
      log.follow(sync);
      marker.followed();
    },
    arrive() {
      for (const go of up.splice(0)) go();
    },
    deliver() {
      for (const take of down.splice(0)) take();
    },
    say(author: Author, kind: string, mentions: boolean) {
      const body = kind === 'message' ? { text: 'x', ...(mentions && { mentions: [ada.user] }) } : undefined;
      const entry = room.append(author, { kind, clientId: `c${room.head}`, ...(body && { body }) }, 0);
      if (isOnline) down.push(() => log.accept([entry]));
    },
    elsewhere(seq: number) {
      room.markers.set(ada.user, seq);
      const counts = room.counts(ada.user);
      if (isOnline) down.push(() => marker.changed(counts));
    },
  };
}

type Step =
  | { do: 'say'; mine: boolean; kind: string; mentions: boolean }
  | { do: 'read' | 'elsewhere'; at: number }
  | { do: 'drop' | 'follow' | 'arrive' | 'deliver' | 'tick' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      mine: fc.boolean(),
      kind: fc.constantFrom('message', 'message', 'message', 'pin', 'unpin', 'x-new'),
      mentions: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'elsewhere' as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('drop' as const, 'follow' as const, 'arrive' as const, 'deliver' as const, 'tick' as const),
    }),
  },
);

test('unread and mentions are those of the server in 10,000 random histories', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom(3, 8, 200), async (steps, tail) => {
      const all = setting(tail);
      const { room, log, marker } = all;
      all.follow();
      let isOnline = true;
      for (const one of steps) {
        if (one.do === 'say') all.say(one.mine ? ada : bob, one.kind, one.mentions);
        else if (one.do === 'read') marker.set(Math.round(one.at * log.head.seq));
        else if (one.do === 'elsewhere') all.elsewhere(Math.round(one.at * room.head));
        else if (one.do === 'tick') await undefined;
        else all[one.do]();
        isOnline = one.do === 'follow' || (isOnline && one.do !== 'drop');
      }
      if (!isOnline) all.follow();
      for (let i = 0; i < 10; i++) {
        all.arrive();
        all.deliver();
        for (let ticks = 0; ticks < 4; ticks++) await undefined;
        if (all.runtime.timers > 0) await all.runtime.pass(2_000);
      }
      assert.equal(log.head.seq, room.head);
      assert.deepEqual({ ...marker.counts }, room.counts(ada.user));
    }),
    { numRuns: 10_000 },
  );
});
