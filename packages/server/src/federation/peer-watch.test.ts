import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PeerView, peerKey } from '@parley/protocol';
import type { TestClient } from '../testing.ts';
import { TestHomes } from './testing-homes.ts';

/** What a client knows of the links by what it was told. */
function follow(who: TestClient, listed: readonly PeerView[]): Map<string, PeerView> {
  const known = new Map(listed.map((peer) => [peerKey(peer), peer]));
  for (const { event, payload } of who.events) {
    if (event !== 'peer.changed') continue;
    for (const key of payload.gone) known.delete(key);
    for (const peer of payload.peers) known.set(peerKey(peer), peer);
  }
  return known;
}
const changes = (who: TestClient): number => who.events.filter(({ event }) => event === 'peer.changed').length;

describe('an operator who watches the links', () => {
  it('is told what changes, and ends with what a new list would say', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await two.server.owner('ada');
    const { peers } = await ada.request('peer.watch', {});
    assert.deepEqual(
      peers.map(({ id, state }) => [id, state]),
      [[one.id, 'connected']],
    );
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 1_000);
    const away = follow(ada, peers).get(one.id);
    assert.notEqual(away?.state, 'connected');
    assert.equal(away?.lastError, 'unreachable');
    homes.cut.clear();
    await homes.advance(400_000, 1_000);
    await ada.request('peer.connect', { url: 'http://s9' });
    await homes.advance(2_000, 1_000);
    assert.deepEqual([...follow(ada, peers).keys()].sort(), [one.id, 'http://s9'].sort());
    await ada.request('peer.disconnect', { url: 'http://s9' });
    await ada.request('peer.block', { server: one.id });
    await homes.advance(2_000, 1_000);
    const now = await ada.request('peer.list', {});
    assert.deepEqual([...follow(ada, peers).values()], now.peers);
    assert.deepEqual(
      now.peers.map(({ id, state, lastError }) => [id, state, lastError]),
      [[one.id, 'blocked', undefined]],
    );
  });

  it('is told nothing while nothing changes, and nothing any more once it does not watch', async () => {
    await using homes = new TestHomes();
    await homes.home(1);
    const two = await homes.home(2, [1]);
    const ada = await two.server.owner('ada');
    const { peers } = await ada.request('peer.watch', {});
    await homes.advance(3_000);
    const before = changes(ada);
    await homes.advance(5_000);
    assert.equal(changes(ada), before);
    await ada.request('peer.unwatch', {});
    await ada.request('peer.connect', { url: 'http://s9' });
    await homes.advance(3_000);
    assert.equal(changes(ada), before);
    assert.equal(peers.length, 1);
  });

  it('is told of servers that were turned away, at once where one dials', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const ada = await one.server.owner('ada');
    const { id } = await homes.home(2, [1]);
    await ada.request('peer.block', { server: id });
    await ada.request('peer.watch', {});
    await homes.advance(60_000, 1_000);
    const refused = ada.events.flatMap(({ event, payload }) =>
      event === 'peer.changed' ? (payload.refused ?? []) : [],
    );
    assert.deepEqual([refused.at(-1)?.server, refused.at(-1)?.fault], [id, 'blocked']);
  });

  it('sees what waits for a server, also for one that is neither linked nor dialled by hand', async () => {
    await using homes = new TestHomes();
    const two = await homes.home(2);
    const one = await homes.home(1, [2]);
    const ada = await one.server.owner('ada');
    const bob = await two.server.owner('bob');
    const room = await ada.createRoom('ops');
    await bob.request('room.join', { room, clientId: 'j', server: one.id });
    await homes.settled();
    const { peers } = await bob.request('peer.watch', {});
    homes.cut.add('s1>s2').add('s2>s1');
    await homes.advance(60_000, 5_000);
    const oldestAt = homes.clock.now();
    for (const text of ['b1', 'b2']) {
      await bob.request('message.send', { room, clientId: text, body: { text } });
      await homes.advance(1_000);
    }
    await homes.advance(1_000);
    const view = follow(bob, peers).get(one.id);
    assert.deepEqual([view?.state, view?.name, view?.nameState], ['waiting', 's1.example', 'unverified']);
    assert.deepEqual(view?.waiting, { acts: 2, rooms: 1, oldestAt });
    homes.cut.clear();
    await homes.advance(400_000, 5_000);
    const after = follow(bob, peers).get(one.id);
    assert.deepEqual([after?.state, after?.waiting], ['connected', undefined]);
  });

  it('has to be one', async () => {
    await using homes = new TestHomes();
    const one = await homes.home(1);
    const bob = await one.server.account('bob');
    await assert.rejects(bob.request('peer.watch', {}), { code: 'forbidden' });
  });
});
