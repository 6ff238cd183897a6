import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqliteInMemory } from '../main.ts';
import type { TestClient } from '../testing.ts';
import { heard, type TestHome, TestHomes } from './testing-homes.ts';

const relayed = { isRelay: true };
const hidden = { isHidden: true };

/** A room on one server and somebody of another one in it. */
async function shared(host: TestHome, guest: TestHome): Promise<{ room: string; ada: TestClient; bob: TestClient }> {
  const [ada, bob] = [await host.server.account('ada'), await guest.server.owner('bob')];
  const room = await ada.createRoom('ops');
  await ada.request('message.send', { room, clientId: 'first', body: { text: 'before' } });
  const found = await bob.request('room.resolve', { alias: 'ops', server: host.id });
  assert.equal(found.room.id, room);
  const { sync } = await bob.request('room.join', { room, clientId: 'j', server: host.id });
  assert.deepEqual([sync.room.server, sync.room.members], [host.id, 2]);
  return { room, ada, bob };
}

const says = (client: TestClient, room: string, text: string) =>
  client.request('message.send', { room, clientId: text.replace(' ', '-'), body: { text } });

/** Through which server an owner's server is linked with another: undefined for directly, null for not at all. */
async function relayOf(owner: TestClient, to: TestHome): Promise<string | undefined | null> {
  const { peers } = await owner.request('peer.list', {});
  const view = peers.find(({ id }) => id === to.id);
  return view?.state === 'connected' ? view.relay : null;
}

describe('a room on a server behind NAT', () => {
  it('is found, joined and talked in from another one behind NAT', async () => {
    await using homes = new TestHomes();
    const relay = await homes.home(1, [], relayed);
    const [one, two] = [await homes.home(2, [1], hidden), await homes.home(3, [1], hidden)];
    await homes.advance(20_000, 500);
    const { room, ada, bob } = await shared(one, two);
    assert.equal(await relayOf(bob, one), relay.id);
    assert.equal((await says(bob, room, 'from two')).outcome, 'queued');
    await says(ada, room, 'from one');
    await homes.settled();
    assert.deepEqual(heard(ada).slice(-2), ['from two', 'from one']);
    assert.deepEqual(heard(bob), ['from two', 'from one']);
    const { entries } = await bob.request('history.page', { room, limit: 10, show: 'everything' });
    assert.ok(
      entries.some(({ clientId }) => clientId === 'first'),
      'with what was said before',
    );
  });

  it('is joined at once by who knows nothing but the relay', async () => {
    await using homes = new TestHomes();
    await homes.home(1, [], relayed);
    const one = await homes.home(2, [1], hidden);
    await homes.advance(20_000, 500);
    const two = await homes.home(3, [1], hidden);
    const { room, ada, bob } = await shared(one, two);
    await says(bob, room, 'hello');
    await homes.settled();
    assert.deepEqual(heard(ada).at(-1), 'hello');
  });

  it('links the others of its kind that are in it, and none else', async () => {
    await using homes = new TestHomes();
    const relay = await homes.home(1, [], relayed);
    const kin = [2, 3, 4].map((seed) => homes.home(seed, [1], hidden));
    const [one, two, three] = (await Promise.all(kin)) as [TestHome, TestHome, TestHome];
    await homes.advance(20_000, 500);
    const ada = await relay.server.account('ada');
    const [bob, cem, dee] = [
      await one.server.owner('bob'),
      await two.server.owner('cem'),
      await three.server.owner('dee'),
    ];
    await homes.advance(30_000, 500);
    for (const to of [two, three]) assert.equal(await relayOf(bob, to), null);
    const room = await ada.createRoom('ops');
    for (const each of [bob, cem]) await each.request('room.join', { room, clientId: 'j', server: relay.id });
    await homes.advance(30_000, 500);
    assert.deepEqual([await relayOf(bob, two), await relayOf(cem, one)], [relay.id, relay.id]);
    assert.deepEqual([await relayOf(bob, three), await relayOf(dee, one)], [null, null]);
    await bob.request('typing.set', { room, typing: true });
    await homes.settled();
    assert.equal((await cem.next('typing.changed')).user, bob.user);
    const db = openSqliteInMemory(two.db.image());
    await two.stop();
    const again = await homes.home(3, [1], { ...hidden, db });
    await homes.advance(60_000, 500);
    assert.equal(await relayOf(bob, again), relay.id, 'after a start too');
  });

  it('is talked in from servers that can be dialled, without a relay in between', async () => {
    await using homes = new TestHomes();
    await homes.home(1, [], relayed);
    const [one, two] = [await homes.home(2, [1], hidden), await homes.home(3, [1], relayed)];
    await homes.advance(20_000, 500);
    const { room, ada, bob } = await shared(one, two);
    assert.equal(await relayOf(bob, one), undefined);
    await says(bob, room, 'hello');
    await homes.settled();
    assert.deepEqual(heard(ada).at(-1), 'hello');
  });

  it('loses and repeats nothing when its relay dies and another takes over', async () => {
    await using homes = new TestHomes();
    const relays = [await homes.home(1, [], relayed), await homes.home(4, [1], relayed)];
    const [one, two] = [await homes.home(2, [1], hidden), await homes.home(3, [1], hidden)];
    await homes.advance(30_000, 500);
    const { room, ada, bob } = await shared(one, two);
    const carrier = await relayOf(bob, one);
    const sent: string[] = [];
    for (let i = 0; i < 30; i++) {
      sent.push(`b${i}`);
      await says(bob, room, `b${i}`);
      await says(ada, room, `a${i}`);
      if (i === 10) await relays.find(({ id }) => id === carrier)!.stop();
      await homes.advance(i < 20 ? 200 : 2_000, 200);
    }
    await homes.advance(60_000, 1_000);
    const next = await relayOf(bob, one);
    assert.ok(next && next !== carrier);
    assert.deepEqual(heard(bob), heard(ada).slice(-60), 'both in one order');
    assert.deepEqual(
      heard(bob).filter((text) => text.startsWith('b')),
      sent,
    );
    assert.equal(new Set(heard(bob)).size, 60);
  });
});
