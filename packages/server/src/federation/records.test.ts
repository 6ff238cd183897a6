import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { limits } from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import { silentLog } from '../log.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { migrate } from '../store/migrations.ts';
import { migrations } from '../store/schema.ts';
import { serverRecords } from '../store/server-record.ts';
import { OwnRecord, renewMs } from './own-record.ts';
import { type RecordSource, Records, silentMs } from './records.ts';
import { seedBytes, startMs, testRecord } from './testing-record.ts';

const bounds = { serverRecords: 100, serverRecordsShare: 50, serverRecordsOfDirectory: 80, bucketKeys: 100 };
const fromPeer: RecordSource = { via: 'gossip', from: 'peer', nearness: 'public' };
const fromOther: RecordSource = { via: 'gossip', from: 'other', nearness: 'public' };
const fromDirectory: RecordSource = { via: 'directory', from: 'https://directory.example', nearness: 'public' };

interface Given {
  db?: MemoryDatabase;
  runtime?: ReturnType<typeof createVirtualRuntime>;
  room?: Partial<typeof bounds>;
  needed?: readonly string[];
}

async function open({ db = openSqliteInMemory(), runtime = createVirtualRuntime(), room, needed = [] }: Given = {}) {
  await migrate(db, migrations);
  const store = serverRecords(db);
  const identity = identityFromSeed(seedBytes(1));
  const own = await OwnRecord.open({ identity, network: 'test', store, runtime, log: silentLog });
  const records = await Records.open({
    own,
    network: 'test',
    store,
    runtime,
    log: silentLog,
    limits: { ...bounds, ...room },
    isNeeded: (server) => needed.includes(server),
  });
  return { db, runtime, store, own, records };
}

describe('the records of servers', () => {
  test('are kept over a restart, in their highest version, as long as they hold', async () => {
    const { db, records, runtime } = await open();
    assert.equal(records.take(testRecord(2).sealed, fromPeer), 'newer');
    assert.equal(
      records.take(testRecord(2, { version: startMs + 1, name: 'b.example' }).sealed, fromDirectory),
      'newer',
    );
    assert.equal(records.take(testRecord(2).sealed, fromPeer), 'older');
    assert.equal(records.take(testRecord(3, { expiresAt: startMs + 1_000 }).sealed, fromPeer), 'newer');
    await records.idle();
    runtime.advance(1_000);
    assert.equal(records.get(testRecord(3).server), undefined, 'expired');
    const again = await open({ db, runtime });
    assert.equal(again.records.size, 1);
    const known = again.records.get(testRecord(2).server);
    assert.equal(known?.record.name, 'b.example');
    assert.deepEqual([known?.via, known?.from, known?.nearness], ['gossip', 'peer', 'public']);
    runtime.advance(limits.serverRecordMs);
    again.records.expire();
    assert.equal(again.records.size, 0);
    await again.records.idle();
    assert.deepEqual(await again.store.others(0), []);
  });

  test('tell what came since, each in its last version', async () => {
    const { records } = await open();
    for (const seed of [2, 3, 4]) records.take(testRecord(seed).sealed, fromPeer);
    const { nth } = records;
    const names = (since: number) => [...records.since(since)].map(({ record }) => record.name ?? record.server);
    assert.deepEqual(
      names(0),
      [2, 3, 4].map((seed) => testRecord(seed).server),
    );
    records.take(testRecord(2, { version: startMs + 1, name: 'b.example' }).sealed, fromPeer);
    assert.deepEqual(names(nth), ['b.example']);
    assert.deepEqual(names(0).at(-1), 'b.example');
    for (let version = 2; version < 500; version++)
      records.take(testRecord(3, { version: startMs + version }).sealed, fromPeer);
    assert.equal(names(0).length, 3);
    assert.equal(names(records.nth).length, 0);
  });

  test('of this server tell it that others hold a newer one', async () => {
    const { records, own, runtime } = await open();
    const first = await own.ready();
    assert.equal(records.take(first.sealed, fromPeer), 'own');
    assert.equal(records.take(testRecord(1, { version: startMs - 1 }).sealed, fromPeer), 'own');
    assert.equal((await own.ready()).version, first.version);
    const version = runtime.now() + renewMs;
    assert.equal(records.take(testRecord(1, { version }).sealed, fromPeer), 'own');
    assert.equal((await own.ready()).version, version + 1);
    assert.equal(records.size, 0);
    await own.close();
  });

  test('of a source are bounded: a flood pushes out nothing that lives', async () => {
    const { records, runtime } = await open({ room: { serverRecordsShare: 5 } });
    for (let seed = 2; seed < 7; seed++) assert.equal(records.take(testRecord(seed).sealed, fromPeer), 'newer');
    assert.equal(records.take(testRecord(100).sealed, fromPeer), 'full');
    assert.equal(records.take(testRecord(100).sealed, fromOther), 'newer');
    runtime.advance(1);
    assert.equal(
      records.take(testRecord(2, { version: startMs + 1 }).sealed, fromPeer),
      'newer',
      'a newer one needs no room',
    );
    runtime.advance(silentMs + 1);
    assert.equal(records.take(testRecord(101, { version: runtime.now() }).sealed, fromPeer), 'newer');
    assert.equal(records.size, 6);
    assert.equal(records.get(testRecord(3).server), undefined, 'silent for longest');
    assert.ok(records.get(testRecord(2).server));
  });

  test('make room at the cost of the source that brought most, and never of servers that are needed', async () => {
    const needed = [testRecord(2).server];
    const { records } = await open({ room: { serverRecords: 6, serverRecordsOfDirectory: 6 }, needed });
    for (let seed = 2; seed < 7; seed++)
      records.take(testRecord(seed, { version: startMs - 100 + seed }).sealed, fromDirectory);
    records.take(testRecord(50, { version: 1 }).sealed, fromPeer);
    assert.equal(records.take(testRecord(51).sealed, fromPeer), 'newer');
    assert.equal(records.size, 6);
    assert.equal(records.get(testRecord(3).server), undefined);
    assert.ok(records.get(testRecord(2).server));
    assert.ok(records.get(testRecord(50).server), 'older, but of a smaller source');
  });

  test('take ten thousand of strangers without growing beyond their bound', async () => {
    const { records } = await open({ room: { serverRecords: 60 } });
    for (let seed = 300; seed < 800; seed++) records.take(testRecord(seed).sealed, seed % 2 ? fromPeer : fromOther);
    assert.equal(records.size, 60);
    await records.idle();
  });

  test('learn a nearer way, so that an address in the neighbourhood is of use', async () => {
    const { records } = await open();
    const record = testRecord(2, { addresses: ['http://127.0.0.1:8081'] });
    records.take(record.sealed, fromPeer);
    assert.equal(records.get(record.server)?.nearness, 'public');
    assert.equal(records.take(record.sealed, { ...fromDirectory, nearness: 'machine' }), 'same');
    assert.equal(records.get(record.server)?.nearness, 'machine');
  });

  test('say when a server was seen: by what it signed, unless its clock is ahead, and by links', async () => {
    const { records, runtime } = await open();
    const { server } = testRecord(2);
    records.take(testRecord(2, { version: startMs - 5_000 }).sealed, fromPeer);
    assert.equal(records.get(server)?.seenAt, startMs - 5_000);
    records.take(testRecord(2, { version: startMs + renewMs }).sealed, fromPeer);
    assert.equal(records.get(server)?.seenAt, startMs);
    runtime.advance(60_000);
    records.seen(server);
    assert.equal(records.get(server)?.seenAt, startMs + 60_000);
  });
});
