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
import { judgeRecord } from './record.ts';
import { seedBytes, testRecord } from './testing-record.ts';

async function setUp(db: MemoryDatabase = openSqliteInMemory(), runtime = createVirtualRuntime(), seed = 1) {
  await migrate(db, migrations);
  const identity = identityFromSeed(seedBytes(seed));
  const store = serverRecords(db);
  const own = await OwnRecord.open({ identity, network: 'test', store, runtime, log: silentLog });
  return { db, runtime, store, own };
}

describe('the own record', () => {
  test('says what is set, is signed once for each change, and is on disk before anybody sees it', async () => {
    const { own, store, runtime } = await setUp();
    own.set({ name: 'chat.example.org', addresses: ['https://chat.example.org'] });
    assert.equal(own.current, undefined, 'a server that nobody asks signs nothing');
    assert.equal(await store.own(), undefined);
    const told: number[] = [];
    own.onChange(({ version }) => told.push(version));
    const first = await own.ready();
    assert.equal(judgeRecord(first.sealed, { network: 'test', now: runtime.now(), held: () => undefined }).is, 'newer');
    assert.deepEqual((await store.own())?.sealed, first.sealed);
    assert.equal(await own.ready(), first);
    own.set({ name: 'chat.example.org' });
    assert.equal(await own.ready(), first);
    own.set({ features: ['relay'] });
    const second = await own.ready();
    assert.deepEqual([second.name, second.features], ['chat.example.org', ['relay']]);
    assert.deepEqual(told, [first.version, second.version]);
    assert.equal(second.version, first.version + 1, 'in the same millisecond');
    await own.close();
  });

  test('is renewed every day, and no more once it is closed', async () => {
    const { own, runtime } = await setUp();
    const first = await own.ready();
    runtime.advance(renewMs - 1);
    assert.equal(await own.ready(), first);
    runtime.advance(1);
    const second = await own.ready();
    assert.equal(second.version, first.version + renewMs);
    assert.equal(second.expiresAt, runtime.now() + limits.serverRecordMs);
    await own.close();
    assert.equal(runtime.timers, 0);
  });

  test('outlives a restart, and its versions only rise, whatever the clock does', async () => {
    const { db, own, runtime } = await setUp();
    own.set({ name: 'a.example' });
    const first = await own.ready();
    await own.close();
    runtime.setNow(runtime.now() - 2 * renewMs);
    const again = await setUp(db, runtime);
    assert.deepEqual(again.own.current, first);
    again.own.set({ name: 'b.example' });
    assert.equal((await again.own.ready()).version, first.version + 1);
    await again.own.close();
    const other = await setUp(db, runtime, 2);
    assert.equal(other.own.current, undefined, 'the folder got another identity');
    await other.own.close();
  });

  test('exceeds one of this key that others hold, after the data came back from a backup', async () => {
    const { own, runtime } = await setUp();
    await own.ready();
    const held = testRecord(1, { version: runtime.now() + 10 * renewMs });
    own.exceed(held);
    assert.equal((await own.ready()).version, held.version + 1);
    own.exceed(testRecord(2, { version: held.version + 100 }));
    assert.equal((await own.ready()).version, held.version + 1, 'what others sign says nothing');
    await own.close();
  });
});
