import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeFederationFrame, limits } from '@parley/protocol';
import type { Log } from '../log.ts';
import { silentLog } from '../log.ts';
import { renewMs } from './own-record.ts';
import { connect, countsOf, finder, type TestFinder } from './testing-discovery.ts';
import { TestNetwork } from './testing-network.ts';
import { startMs, testRecord } from './testing-record.ts';
import { type Stranger, strangerAt } from './testing-stranger.ts';

/** Servers in a row, each linked by hand with the next one. */
async function line(network: TestNetwork, length: number, addresses?: readonly string[]): Promise<TestFinder[]> {
  const row: TestFinder[] = [];
  for (let seed = 1; seed <= length; seed++)
    row.push(await finder(network, seed, { name: `s${seed}.example`, ...(addresses && { addresses }) }));
  for (let i = 0; i + 1 < length; i++) await connect(network, row[i]!, row[i + 1]!);
  return row;
}

async function closeAll(finders: readonly TestFinder[]): Promise<void> {
  for (const each of finders) await each.close();
}

describe('servers find each other', () => {
  test('ten in a row, each connected by hand with the next, end with all knowing and linking all', async () => {
    await using network = new TestNetwork();
    const row = await line(network, 10);
    await network.advance(40_000, 1_000);
    for (const each of row) assert.deepEqual(countsOf(each), { known: 9, linked: 9 });
    for (const each of row) assert.equal(each.discovery.resolve('s7.example') ?? each.id, row[6]!.id);
    await closeAll(row);
  });

  test('ten in a row that nobody can dial know of each other all the same', async () => {
    await using network = new TestNetwork();
    const row = await line(network, 10, []);
    await network.advance(40_000, 1_000);
    for (const [i, each] of row.entries())
      assert.deepEqual(countsOf(each), { known: 9, linked: i === 0 || i === 9 ? 1 : 2 });
    await closeAll(row);
  });

  test('from one manual connection, by servers that the newcomer never heard of', async () => {
    await using network = new TestNetwork();
    const [ada, bob, eve] = await line(network, 3);
    await network.advance(30_000, 500);
    const joe = await finder(network, 4);
    await connect(network, joe, bob!);
    await network.advance(30_000, 500);
    assert.deepEqual(countsOf(joe), { known: 3, linked: 3 });
    assert.deepEqual(countsOf(ada!), { known: 3, linked: 3 });
    const { servers, more } = joe.discovery.list('', 2);
    assert.equal(more, true);
    assert.deepEqual(
      servers.map(({ id }) => id),
      [ada!, bob!, eve!]
        .map(({ id }) => id)
        .sort()
        .slice(0, 2),
    );
    const views = joe.discovery.list('', 100).servers;
    assert.deepEqual(
      new Map(views.map(({ id, via, state }) => [id, `${via} ${state}`])),
      new Map([
        [ada!.id, 'gossip linked'],
        [bob!.id, 'hand linked'],
        [eve!.id, 'gossip linked'],
      ]),
    );
    await closeAll([ada!, bob!, eve!, joe]);
  });

  test('a server that moves is found at its new address, and one that comes back is linked again', async () => {
    await using network = new TestNetwork();
    const [ada, bob, eve] = await line(network, 3);
    await network.advance(30_000, 500);
    await bob!.close();
    await network.advance(5_000, 500);
    assert.deepEqual(countsOf(ada!), { known: 2, linked: 1 });
    const again = await finder(network, 2, { peer: { db: bob!.peer.db }, addresses: ['http://elsewhere'] });
    network.links.listen({ host: 'elsewhere', port: 1 }, (link) => again.peer.peers.accept(link));
    await network.advance(400_000, 1_000);
    assert.deepEqual(countsOf(ada!), { known: 2, linked: 2 });
    assert.deepEqual(ada!.discovery.records.get(again.id)?.record.addresses, ['http://elsewhere']);
    assert.deepEqual(eve!.discovery.records.get(again.id)?.record.addresses, ['http://elsewhere']);
    await closeAll([ada!, eve!, again]);
  });

  test('what is known survives a restart: the others are dialled without anybody’s help', async () => {
    await using network = new TestNetwork();
    const [ada, bob, eve] = await line(network, 3);
    await network.advance(30_000, 500);
    await ada!.close();
    await bob!.close();
    const again = await finder(network, 1, { peer: { db: ada!.peer.db } });
    assert.equal(again.discovery.records.size, 2);
    await network.advance(10_000, 500);
    assert.equal(again.peer.peers.isLinked(eve!.id), true);
    await closeAll([again, eve!]);
  });

  test('no more are dialled than the bound, and any one on demand', async () => {
    await using network = new TestNetwork();
    const few = { serversSought: 4 };
    const hub = await finder(network, 50, { limits: { serversSought: 0 }, addresses: [] });
    const all: TestFinder[] = [];
    for (let seed = 1; seed <= 12; seed++) all.push(await finder(network, seed, { limits: { serversSought: 0 } }));
    for (const each of all) await connect(network, each, hub);
    await network.advance(30_000, 500);
    const ada = await finder(network, 20, { limits: few, addresses: [] });
    await connect(network, ada, hub);
    await network.advance(30_000, 500);
    const { known, linked } = countsOf(ada);
    assert.equal(known, 13);
    assert.ok(linked >= 4 && linked <= 5, String(linked));
    const missing = all.find(({ id }) => !ada.peer.peers.isLinked(id))!;
    assert.equal(await network.done(ada.discovery.reach(missing.id)), true);
    const end = ada.discovery.need(all.find(({ id }) => !ada.peer.peers.isLinked(id))!.id);
    await network.advance(5_000, 500);
    assert.equal(ada.peer.peers.linked().length, linked + 2);
    end();
    await closeAll([ada, hub, ...all]);
  });

  test('one that is not known is asked for', async () => {
    await using network = new TestNetwork();
    const hub = await finder(network, 1, { addresses: [] });
    const far = await finder(network, 2, { limits: { serversSought: 0 } });
    const ada = await finder(network, 3, { limits: { serversSought: 0 }, addresses: [] });
    await connect(network, far, hub);
    await connect(network, ada, hub);
    assert.equal(ada.discovery.records.get(far.id), undefined);
    assert.equal(await network.done(ada.discovery.reach(far.id)), true);
    assert.equal(await network.done(ada.discovery.reach(testRecord(77).server)), false);
    assert.equal(await network.done(ada.discovery.reach(ada.id)), false);
    await closeAll([ada, far, hub]);
  });

  test('a server that is blocked is neither sought nor reached', async () => {
    await using network = new TestNetwork();
    const [ada, bob, eve] = await line(network, 3);
    await ada!.peer.peers.block(eve!.id);
    await network.advance(60_000, 500);
    assert.equal(ada!.peer.peers.isLinked(eve!.id), false);
    assert.equal(await network.done(ada!.discovery.reach(eve!.id)), false);
    assert.equal(ada!.discovery.list('', 10).servers.find(({ id }) => id === eve!.id)?.state, 'blocked');
    await closeAll([ada!, bob!, eve!]);
  });

  test('two servers claim one name: the pinned one keeps it, the other is shown by its key', async () => {
    await using network = new TestNetwork();
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (_fields, msg) => said.push(msg) };
    const ada = await finder(network, 1, { log });
    const bob = await finder(network, 2, { name: 'chat.example' });
    const eve = await finder(network, 3, { name: 'chat.example' });
    await connect(network, ada, bob);
    await connect(network, ada, eve);
    assert.equal(ada.discovery.resolve('chat.example'), bob.id);
    assert.equal(ada.discovery.names.stateOf(bob.id, 'chat.example'), 'unverified');
    assert.equal(ada.discovery.names.stateOf(eve.id, 'chat.example'), 'taken');
    assert.ok(said.some((msg) => msg.includes('another server holds the name')));
    assert.equal(eve.discovery.resolve('chat.example'), eve.id, 'each holds its own at home');
    ada.discovery.names.bind('chat.example', eve.id);
    assert.equal(ada.discovery.names.stateOf(eve.id, 'chat.example'), 'verified');
    assert.equal(ada.discovery.names.stateOf(bob.id, 'chat.example'), 'taken');
    await closeAll([ada, bob, eve]);
  });

  test('a name counts as an address once it leads back to the server itself', async () => {
    await using network = new TestNetwork();
    const ada = await finder(network, 1, { addresses: [] });
    const bob = await finder(network, 2, { addresses: [] });
    network.links.listen({ host: 'chat.example', port: 1 }, (link) => ada.peer.peers.accept(link));
    ada.discovery.announce({}, { urls: ['https://chat.example', 'http://nowhere.example'] });
    await network.settled();
    assert.equal(ada.discovery.own.current, undefined, 'there is nobody to tell yet');
    await connect(network, ada, bob);
    await network.settled();
    assert.deepEqual(bob.discovery.records.get(ada.id)?.record.addresses, ['https://chat.example']);
    await closeAll([ada, bob]);
  });
});

describe('a hostile server', () => {
  const saysRecords = (stranger: Stranger, records: readonly Uint8Array[]): Promise<void> =>
    stranger.say(encodeFederationFrame('record', { records: [...records] }), 'bulk');

  async function set(network: TestNetwork, bounds: TestFinder['discovery'] extends never ? never : object = {}) {
    const ada = await finder(network, 1, { addresses: [], limits: { serversSought: 0, ...bounds } });
    const bob = await finder(network, 2, { limits: { serversSought: 0 } });
    await connect(network, ada, bob);
    await network.advance(5_000, 500);
    const stranger = await strangerAt(network, ada.peer);
    await stranger.hello();
    await network.settled();
    return { ada, bob, stranger };
  }

  test('changes nothing of others: not by forging, not by replaying, not by far-off times', async () => {
    await using network = new TestNetwork();
    const { ada, bob, stranger } = await set(network);
    const held = ada.discovery.records.get(bob.id)!.record;
    const forged = Uint8Array.from(held.sealed);
    forged[forged.length - 1]! ^= 1;
    await saysRecords(stranger, [
      forged,
      testRecord(2, { version: startMs - 1, addresses: ['https://old.example'] }).sealed,
      testRecord(3, { expiresAt: startMs + 30 * renewMs }).sealed,
      testRecord(4, { expiresAt: startMs }).sealed,
      testRecord(5, { network: 'other' }).sealed,
      new Uint8Array(limits.serverRecordBytes),
      held.sealed,
    ]);
    await network.settled();
    assert.equal(ada.discovery.records.size, 1);
    assert.deepEqual(ada.discovery.records.get(bob.id)?.record, held);
    assert.equal(ada.peer.peers.isLinked(strangerId), true, 'what cannot be believed is passed over');
    await closeAll([ada, bob]);
  });

  test('cannot flood: it fills its share and no more', async () => {
    await using network = new TestNetwork();
    const { ada, bob, stranger } = await set(network, { serverRecordsShare: 40, serverRecords: 100 });
    for (let page = 0; page < 10; page++)
      await saysRecords(
        stranger,
        Array.from({ length: limits.serverRecordsPage }, (_, i) => testRecord(300 + page * 32 + i).sealed),
      );
    await network.settled();
    assert.equal(ada.discovery.records.size, 41);
    assert.ok(ada.discovery.records.get(bob.id));
    await closeAll([ada, bob]);
  });

  test('is cut off when a frame holds more than it may', async () => {
    await using network = new TestNetwork();
    const { ada, bob, stranger } = await set(network);
    const records = Array(limits.serverRecordsPage + 1).fill(new Uint8Array(1));
    await saysRecords(stranger, records);
    await network.settled();
    assert.equal(ada.peer.peers.isLinked(strangerId), false);
    await closeAll([ada, bob]);
  });

  test('cannot send a server to its own neighbours', async () => {
    await using network = new TestNetwork();
    const ada = await finder(network, 1, { addresses: [] });
    const stranger = await strangerAt(network, ada.peer);
    await stranger.hello();
    await network.settled();
    const addresses = ['http://127.0.0.1:6379', 'http://10.0.0.7', 'http://[::1]:22', 'http://s9'];
    await saysRecords(stranger, [testRecord(9, { addresses }).sealed]);
    await network.advance(5_000, 500);
    assert.deepEqual(new Set(ada.peer.dialled.map(({ url }) => url)), new Set(['http://s9']));
    await closeAll([ada]);
  });

  test('hears each record once on a link, whatever it is told', async () => {
    await using network = new TestNetwork();
    const { ada, bob, stranger } = await set(network);
    void stranger.listen();
    await network.advance(20_000, 500);
    const heard = (): Uint8Array[] =>
      stranger.heard.flatMap(({ frame }) => (frame?.frame === 'record' ? frame.payload.records : []));
    assert.equal(heard().length, 2, 'that of the server itself, and the one that it knows');
    bob.discovery.announce({ features: ['relay'] });
    await network.advance(20_000, 500);
    assert.equal(heard().length, 3);
    await network.advance(60_000, 500);
    assert.equal(heard().length, 3);
    await closeAll([ada, bob]);
  });
});

const strangerId = testRecord(50).server;
