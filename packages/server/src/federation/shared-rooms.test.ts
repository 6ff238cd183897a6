import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '@parley/protocol';
import { createCrypto } from '../crypto.ts';
import { identityFromSeed } from '../identity.ts';
import { silentLog } from '../log.ts';
import { openSqliteInMemory } from '../main.ts';
import { openStore } from '../store/store.ts';
import type { TestClient } from '../testing.ts';
import { SharedRooms } from './shared-rooms.ts';
import { heard, type TestHome, TestHomes } from './testing-homes.ts';

const say = (text: string) => ({ text });

const signedIn = async ({ server }: TestHome, name: string): Promise<TestClient> =>
  (await server.connect()).signedIn('session.signIn', { name, password: 'correct horse', device: 'test' });

describe('a server that was restored from an old backup', () => {
  it('is in the rooms again that its people had entered since, with what may be read there', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    const image = two.db.image();
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await bob.request('message.send', { room, clientId: 'b1', body: say('hello') });
    await homes.settled();
    await two.stop();
    const again = await homes.home(2, [1], { db: openSqliteInMemory(image) });
    const back = await signedIn(again, 'bob');
    const { rooms } = await back.request('sync.start', { rooms: {} });
    assert.deepEqual(
      rooms.map((each) => each.room.id),
      [room],
    );
    const { entries } = await back.request('history.page', { room, limit: 10, show: 'rows' });
    assert.deepEqual(
      entries.map(({ body }) => (body as { text?: string } | null)?.text).filter((text) => text !== undefined),
      ['hello'],
    );
    await back.request('message.send', { room, clientId: 'b2', body: say('back') });
    await homes.settled();
    assert.deepEqual(heard(ada), ['hello', 'back']);
  });

  it('learns nothing of what was said while nobody of it was in the room', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const created = { alias: 'ops', clientId: 'c', history: 'since-join' } as const;
    const room = (await ada.request('room.create', created)).sync.room.id;
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await ada.request('message.send', { room, clientId: 'a1', body: say('for both') });
    await homes.settled();
    const image = two.db.image();
    await bob.request('room.leave', { room, clientId: 'l' });
    await ada.request('message.send', { room, clientId: 'a2', body: say('behind his back') });
    await bob.request('room.join', { room, clientId: 'j2', server: one.id });
    await ada.request('message.send', { room, clientId: 'a3', body: say('for both again') });
    await homes.settled();
    await two.stop();
    const again = await homes.home(2, [1], { db: openSqliteInMemory(image) });
    const back = await signedIn(again, 'bob');
    await back.request('sync.start', { rooms: {} });
    const page = await back.request('history.page', { room, limit: 10, show: 'everything' });
    assert.deepEqual(
      page.entries.flatMap(({ body }) => (body as { text?: string } | null)?.text ?? []),
      ['for both again'],
    );
    assert.ok(!Buffer.from(again.db.image()).includes('behind his back'));
    await ada.request('message.send', { room, clientId: 'a4', body: say('still here') });
    await homes.settled();
    assert.deepEqual(heard(back), ['still here']);
  });

  it('learns that its people are out of a room, and nothing of a later stay that is over', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const created = { alias: 'ops', clientId: 'c', history: 'since-join' } as const;
    const room = (await ada.request('room.create', created)).sync.room.id;
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await homes.settled();
    const image = two.db.image();
    await bob.request('room.leave', { room, clientId: 'l' });
    await ada.request('message.send', { room, clientId: 'a1', body: say('behind his back') });
    await bob.request('room.join', { room, clientId: 'j2', server: one.id });
    await bob.request('room.leave', { room, clientId: 'l2' });
    await homes.settled();
    await two.stop();
    const again = await homes.home(2, [1], { db: openSqliteInMemory(image) });
    const back = await signedIn(again, 'bob');
    assert.deepEqual((await back.request('sync.start', { rooms: {} })).rooms, []);
    assert.ok(!Buffer.from(again.db.image()).includes('behind his back'));
  });
});

describe('a server that is told where its people are', () => {
  it('goes nowhere without a join that it signed itself', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await one.server.account('ada');
    const bob = await two.server.account('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await bob.request('message.send', { room, clientId: 'b1', body: say('hello') });
    await homes.settled();
    const headers = await one.db.all<{ header: Uint8Array }>('SELECT header FROM entry ORDER BY seq', []);
    const taken: string[] = [];
    const shared = (seed: number, network = 'test') =>
      new SharedRooms({
        store: openStore(two.db),
        rooms: { load: () => Promise.reject(new Refusal('not-found')) },
        peers: { send: () => true, isLinked: () => true },
        taking: {
          take: (_clerk, id) => {
            taken.push(id);
            return Promise.reject(new Refusal('unavailable'));
          },
        },
        crypto: createCrypto(identityFromSeed(new Uint8Array(32).fill(seed))),
        log: silentLog,
        id: seed === 2 ? two.id : one.id,
        network,
        entered: () => {},
      });
    const [create, join, message] = headers.map(({ header }) => header);
    const told = (joined: Uint8Array, id = room) => ({ rooms: [{ room: id, joined }] });
    const spoilt = Uint8Array.from(join!);
    spoilt[spoilt.length - 1]! ^= 1;
    shared(2).hear(one.id, told(create!));
    shared(2).hear(one.id, told(message!));
    shared(2).hear(one.id, told(spoilt));
    shared(2).hear(one.id, told(join!, two.id));
    shared(2).hear(one.id, told(new Uint8Array([1, 2, 3])));
    shared(2, 'another').hear(one.id, told(join!));
    shared(1).hear(one.id, told(join!));
    await homes.settled();
    assert.deepEqual(taken, []);
    shared(2).hear(one.id, told(join!));
    await homes.settled();
    assert.deepEqual(taken, [room]);
  });
});
