import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLimits } from '../limits.ts';
import { silentLog } from '../log.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Nat } from './nat.ts';
import { relayFeature } from './reservations.ts';
import { connect, finder, type TestFinder, type TestFinderOptions } from './testing-discovery.ts';
import { TestNetwork, viewOf } from './testing-network.ts';

interface Finder extends TestFinder {
  readonly nat: Nat;
}

const limits = createLimits({ rateFactor: 1, connections: 100, loadedRooms: 1 });

async function server(
  network: TestNetwork,
  seed: number,
  { relayFor, ...options }: TestFinderOptions & { relayFor?: readonly string[] } = {},
): Promise<Finder> {
  const made = await finder(network, seed, options);
  const { random, randomBytes } = createVirtualRuntime(2_000 + seed);
  const runtime = { ...network.clock, random, randomBytes };
  const { discovery, peer } = made;
  const nat = new Nat({ peers: peer.peers, discovery, relayFor, runtime, log: silentLog, limits });
  if (relayFor) discovery.announce({ features: [relayFeature] });
  const close = (): Promise<void> => {
    nat.close();
    return made.close();
  };
  return { ...made, nat, close };
}

const relay = (network: TestNetwork, seed: number, relayFor: readonly string[] = []): Promise<Finder> =>
  server(network, seed, { relayFor });

/** It only dials out. */
async function home(network: TestNetwork, seed: number): Promise<Finder> {
  const made = await server(network, seed, { addresses: [] });
  made.peer.deafen();
  return made;
}

const relaysOf = ({ discovery }: TestFinder): string[] =>
  (discovery.own.current?.relays ?? []).map(({ server }) => server).sort();
const through = (from: TestFinder, to: TestFinder): [string | undefined, string | undefined] => {
  const view = viewOf(from.peer, to);
  return [view?.state, view?.relay];
};

describe('a server that only dials out', () => {
  test('has a place at a relay, which its record names, and others of its kind come to it there', async () => {
    await using network = new TestNetwork();
    const [rhea, one, two] = [await relay(network, 1), await home(network, 2), await home(network, 3)];
    for (const each of [one, two]) await connect(network, each, rhea);
    await network.advance(20_000, 500);
    for (const each of [one, two]) assert.deepEqual(relaysOf(each), [rhea.id]);
    assert.deepEqual(one.nat.relays, [{ server: rhea.id, url: 'http://s1' }]);
    assert.deepEqual([through(one, two)[0], rhea.nat.relayed.circuits], [undefined, 0], 'nobody needs it');
    two.discovery.shares(one.id);
    await network.advance(5_000, 500);
    assert.deepEqual([through(one, two), through(two, one)], Array(2).fill(['connected', rhea.id]));
    assert.deepEqual(rhea.nat.relayed, { servers: 2, circuits: 1 });
    assert.deepEqual(relaysOf(rhea), [], 'a relay needs none');
  });

  test('is linked directly with those that it can dial', async () => {
    await using network = new TestNetwork();
    const [rhea, ada, nat] = [await relay(network, 1), await server(network, 2), await home(network, 3)];
    for (const each of [ada, nat]) await connect(network, each, rhea);
    await network.advance(30_000, 500);
    assert.deepEqual([through(ada, nat), through(nat, ada)], Array(2).fill(['connected', undefined]));
    assert.equal(viewOf(nat.peer, ada)?.direction, 'out');
    assert.equal(rhea.nat.relayed.circuits, 0);
  });

  test('is found on demand by a server that knows only somebody who knows it', async () => {
    await using network = new TestNetwork();
    const [rhea, other, nat, far] = [
      await relay(network, 1),
      await server(network, 2),
      await home(network, 3),
      await home(network, 4),
    ];
    await connect(network, nat, rhea);
    await connect(network, other, rhea);
    await network.advance(10_000, 500);
    await network.done(far.peer.peers.connect(other.peer.url));
    assert.equal(far.discovery.records.get(nat.id), undefined);
    const reached = far.discovery.reach(nat.id);
    reached.catch(() => {});
    await network.advance(1_000, 100);
    assert.equal(await reached, true);
    assert.deepEqual(through(far, nat), ['connected', rhea.id]);
  });

  test('has up to three places, and takes another when a relay is gone', async () => {
    await using network = new TestNetwork();
    const relays: Finder[] = [];
    for (const seed of [1, 2, 3, 4]) relays.push(await relay(network, seed));
    const [one, two] = [await home(network, 5), await home(network, 6)];
    for (const each of [...relays.slice(1), one, two]) await connect(network, each, relays[0]!);
    one.discovery.need(two.id);
    await network.advance(60_000, 500);
    for (const each of [one, two]) assert.equal(relaysOf(each).length, 3);
    const carrier = through(one, two)[1];
    assert.ok(carrier);
    const gone = relays.find(({ id }) => id === carrier)!;
    await gone.close();
    await network.settled();
    assert.notEqual(through(one, two)[0], 'connected');
    await network.advance(60_000, 500);
    const [state, next] = through(one, two);
    assert.equal(state, 'connected');
    assert.notEqual(next, carrier);
    for (const each of [one, two]) {
      assert.equal(relaysOf(each).length, 3);
      assert.ok(!relaysOf(each).includes(carrier));
    }
  });

  test('asks others when a relay is none for it, and that one again later', async () => {
    await using network = new TestNetwork();
    const strict = await relay(network, 1, ['nobody']);
    const nat = await home(network, 3);
    await connect(network, nat, strict);
    await network.advance(10_000, 500);
    assert.deepEqual(relaysOf(nat), []);
    const rhea = await relay(network, 2);
    await connect(network, rhea, strict);
    await network.advance(20_000, 500);
    assert.deepEqual(relaysOf(nat), [rhea.id]);
    await strict.close();
    const open = await server(network, 1, { relayFor: [], peer: { db: strict.peer.db } });
    await network.advance(300_000, 5_000);
    assert.deepEqual(relaysOf(nat), [rhea.id], 'not at once');
    await network.advance(400_000, 5_000);
    assert.deepEqual(relaysOf(nat), [rhea.id, open.id].sort());
  });

  test('gives its places up when it can be dialled after all', async () => {
    await using network = new TestNetwork();
    const [rhea, nat] = [await relay(network, 1), await home(network, 3)];
    await connect(network, nat, rhea);
    await network.advance(10_000, 500);
    assert.deepEqual(relaysOf(nat), [rhea.id]);
    nat.discovery.announce({ addresses: ['http://192.168.1.7'] });
    await network.advance(10_000, 500);
    assert.deepEqual(relaysOf(nat), [rhea.id], 'an address of its own network is not for all');
    nat.discovery.announce({ addresses: ['http://s3'] });
    await network.advance(10_000, 500);
    assert.deepEqual(relaysOf(nat), []);
  });
});

describe('a link through a relay', () => {
  test('gives way to a direct one as soon as that is possible', async () => {
    await using network = new TestNetwork();
    const [rhea, one, two] = [await relay(network, 1), await home(network, 2), await home(network, 3)];
    for (const each of [one, two]) await connect(network, each, rhea);
    one.discovery.need(two.id);
    await network.advance(20_000, 500);
    assert.deepEqual(through(one, two), ['connected', rhea.id]);
    network.links.listen({ host: 'open3', port: 1 }, (link) => two.peer.peers.accept(link));
    two.discovery.announce({ addresses: ['http://open3'] });
    await network.advance(20_000, 500);
    assert.deepEqual([through(one, two), through(two, one)], Array(2).fill(['connected', undefined]));
    assert.equal(rhea.nat.relayed.circuits, 0);
  });

  test('does not, as long as the address that is known leads nowhere', async () => {
    await using network = new TestNetwork();
    const [rhea, one, two] = [await relay(network, 1), await home(network, 2), await home(network, 3)];
    two.discovery.announce({ addresses: ['http://192.168.1.7'] });
    for (const each of [one, two]) await connect(network, each, rhea);
    one.discovery.need(two.id);
    await network.advance(20_000, 500);
    assert.deepEqual(through(one, two), ['connected', rhea.id]);
    const lost: string[] = [];
    for (const each of [one, two]) each.peer.peers.whenLost((server) => lost.push(server));
    await network.advance(600_000, 5_000);
    assert.deepEqual(through(one, two), ['connected', rhea.id]);
    assert.deepEqual(lost, []);
  });
});
