import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refusal } from '@parley/protocol';
import { NoSecureLink } from './peer-fault.ts';
import { idOf, TestNetwork, viewOf } from './testing-network.ts';

const name = 'chat.example.org';

describe('a server that is dialled by its name', () => {
  test('is expected to be the one that DNS names, and known by that id', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { resolve: () => ({ host: 's2', server: idOf(2) }) });
    const bob = await network.server(2);
    const view = await network.done(ada.peers.connect(name));
    assert.deepEqual([view.id, view.state, view.direction, view.urls], [bob.id, 'connected', 'out', [name]]);
    assert.deepEqual(
      (await network.done(ada.peers.connect(name))).state,
      'connected',
      'a second time it is not dialled again',
    );
    assert.equal(ada.dialled.length, 1);
  });

  test('is not linked when another one answers there, which does not learn who called', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { resolve: () => ({ host: 's3', server: idOf(2) }) });
    const mallory = await network.server(3);
    const view = await network.done(ada.peers.connect(name));
    assert.deepEqual([view.id, view.state, view.lastError], [undefined, 'waiting', 'wrong-server']);
    assert.deepEqual(mallory.peers.list(), []);
  });

  test('is tried again as long as DNS does not say where it is, and the reason is shown', async () => {
    await using network = new TestNetwork();
    let isThere = false;
    const ada = await network.server(1, {
      random: () => 0.5,
      resolve: () => {
        if (!isThere) throw new NoSecureLink('no-name');
        return { host: 's2', server: idOf(2) };
      },
    });
    const bob = await network.server(2);
    assert.equal((await network.done(ada.peers.connect(name))).lastError, 'no-name');
    isThere = true;
    await network.advance(500);
    assert.equal(viewOf(ada, bob)?.state, 'connected');
  });

  test('is looked up again after a break, and found where it has moved to', async () => {
    await using network = new TestNetwork();
    let host = 's2';
    const pins: (string | undefined)[] = [];
    const resolve = (_name: string, pinned: string | undefined) => {
      pins.push(pinned);
      return { host, server: idOf(2) };
    };
    const ada = await network.server(1, { random: () => 0.5, resolve });
    const bob = await network.server(2);
    await network.done(ada.peers.connect(name));
    bob.deafen();
    network.links.listen({ host: 'elsewhere', port: 1 }, (link) => bob.peers.accept(link));
    host = 'elsewhere';
    for (const link of bob.accepted) link.close('going-away');
    await network.settled();
    assert.equal(viewOf(ada, bob)?.state, 'waiting');
    await network.advance(500);
    assert.equal(viewOf(ada, bob)?.state, 'connected');
    assert.deepEqual(pins, [undefined, bob.id]);
  });

  test('is another one once DNS vouches for that, and stays so after a restart', async () => {
    await using network = new TestNetwork();
    let seed = 2;
    const resolve = () => ({ host: `s${seed}`, server: idOf(seed) });
    const ada = await network.server(1, { random: () => 0.5, resolve });
    const [bob, cyd] = [await network.server(2), await network.server(3)];
    await network.done(ada.peers.connect(name));
    seed = 3;
    await bob.close();
    await network.advance(2_000);
    assert.deepEqual([viewOf(ada, cyd)?.state, viewOf(ada, cyd)?.urls], ['connected', [name]]);
    assert.equal(viewOf(ada, bob), undefined);
    const { rows } = { rows: await ada.db.all<{ server: string }>('SELECT server FROM peer_url') };
    assert.deepEqual(rows, [{ server: cyd.id }]);
  });

  test('is refused where no names can be looked up, and where it is none', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1);
    assert.equal((await network.done(ada.peers.connect(name))).lastError, 'no-resolver');
    await network.done(ada.peers.disconnect(name));
    await assert.rejects(
      network.done(ada.peers.connect('https://chat.example.org/path')),
      (error) => error instanceof Refusal && error.code === 'bad-request',
    );
  });

  test('that the configuration names is dialled from the start', async () => {
    await using network = new TestNetwork();
    const bob = await network.server(2);
    const ada = await network.server(1, { configured: [name], resolve: () => ({ host: 's2', server: idOf(2) }) });
    assert.equal(viewOf(ada, bob)?.state, 'connected');
  });
});
