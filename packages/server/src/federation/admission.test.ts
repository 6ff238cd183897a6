import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Log } from '../log.ts';
import { secureDialled } from './secure-link.ts';
import { idOf, TestNetwork, type TestPeer, viewOf } from './testing-network.ts';
import { Stranger, strangersKey } from './testing-stranger.ts';

const half = { random: () => 0.5 };

const refusals = ({ peers }: TestPeer) => peers.refused().map(({ server, fault, times }) => [server, fault, times]);

/** Links of strangers from one host, who each say hello; the reasons of those that ended. */
async function arrive(network: TestNetwork, server: TestPeer, host: string, seeds: readonly number[]) {
  const ends: string[] = [];
  for (const seed of seeds) {
    const link = await network.links.dial(host, { host: new URL(server.url).hostname, port: 1 })();
    void link.closed.then((reason) => ends.push(reason));
    await new Stranger((await network.done(secureDialled(link, strangersKey(seed)))).link).hello();
    await network.settled();
  }
  return ends;
}

describe('a server that allows only some', () => {
  test('links with those in both directions, and with nobody else', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { ...half, allowed: [idOf(2)] });
    const [bob, cyd] = [await network.server(2, half), await network.server(3, half)];
    await network.done(bob.peers.connect(ada.url));
    assert.equal(viewOf(ada, bob)?.state, 'connected');
    assert.equal((await network.done(cyd.peers.connect(ada.url))).lastError, 'refused');
    assert.equal(viewOf(ada, cyd), undefined);
    assert.deepEqual(refusals(ada), [[cyd.id, 'not-allowed', 1]]);
  });

  test('dials nobody else, and says so instead of trying again', async () => {
    await using network = new TestNetwork();
    const cyd = await network.server(3, half);
    const told: object[] = [];
    const log: Log = { debug() {}, info() {}, warn: (fields) => told.push(fields), error() {} };
    const ada = await network.server(1, { ...half, log, allowed: [idOf(2)], configured: [cyd.url] });
    const seen = () => {
      const view = viewOf(ada, cyd);
      return [view?.state, view?.lastError, view?.retryAt];
    };
    assert.deepEqual(seen(), ['waiting', 'not-allowed', undefined]);
    assert.deepEqual(cyd.peers.list(), [], 'which does not learn who called');
    await network.advance(600_000, 60_000);
    assert.equal(ada.dialled.length, 1);
    assert.deepEqual(told, [{ url: cyd.url, server: cyd.id, fault: 'not-allowed' }]);
    await ada.close();
    const again = await network.server(1, { ...half, db: ada.db, allowed: [idOf(2)], configured: [cyd.url] });
    assert.deepEqual([again.dialled, viewOf(again, cyd)?.lastError], [[], 'not-allowed']);
    await again.close();
    const open = await network.server(1, { ...half, db: ada.db, configured: [cyd.url] });
    assert.equal(viewOf(open, cyd)?.state, 'connected', 'an empty list is for everybody');
  });
});

describe('whom a server turned away', () => {
  test('is seen by operators with the reason, however often it comes', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { ...half, limits: { peers: 1 } });
    const [bob, cyd, eve] = [
      await network.server(2, half),
      await network.server(3, half),
      await network.server(4, { ...half, network: 'other' }),
    ];
    await network.done(ada.peers.block(bob.id));
    await network.done(bob.peers.connect(ada.url));
    await network.advance(600_000, 30_000);
    await network.done(bob.peers.disconnect(ada.url));
    await network.done(cyd.peers.connect(ada.url));
    await arrive(network, ada, 's9', [60]);
    await network.done(eve.peers.connect(ada.url));
    const [late, full, blocked] = refusals(ada);
    assert.deepEqual(
      [late?.slice(0, 2), full],
      [
        [undefined, 'bad-frame'],
        [idOf(60), 'full', 1],
      ],
    );
    assert.ok(blocked?.[0] === bob.id && blocked[1] === 'blocked' && (blocked[2] as number) > 5);
    assert.equal(ada.peers.refused()[0]?.address, 's4');
  });

  test('is remembered of so many, the latest', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, half);
    for (let i = 0; i < 70; i++) {
      const link = await network.links.dial(`10.0.0.${i}`, { host: 's1', port: 1 })();
      await link.send(Uint8Array.of(1));
      await network.settled();
    }
    assert.deepEqual(
      ada.peers.refused().map(({ address }) => address),
      Array.from({ length: 64 }, (_, i) => `10.0.0.${69 - i}`),
    );
  });
});

describe('one address', () => {
  test('holds only so many links, and leaves the rest to others', async () => {
    await using network = new TestNetwork();
    const ada = await network.server(1, { ...half, limits: { peersPerAddress: 2 } });
    assert.deepEqual(await arrive(network, ada, '10.0.0.1', [60, 61, 62]), ['busy']);
    assert.deepEqual(refusals(ada), [[idOf(62), 'crowded', 1]]);
    assert.deepEqual(await arrive(network, ada, '10.0.0.2', [63]), []);
    assert.deepEqual(await arrive(network, ada, '10.0.0.1', [60]), [], 'one that comes again takes its own place');
    assert.equal(ada.peers.linked().length, 3);
  });
});
