import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Log, silentLog } from '../log.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { migrate } from '../store/migrations.ts';
import { migrations } from '../store/schema.ts';
import { serverNames } from '../store/server-name.ts';
import { Names } from './names.ts';
import { idOf } from './testing-network.ts';

const [one, two, three] = [idOf(1), idOf(2), idOf(3)];
const name = 'chat.example.org';

async function open(db: MemoryDatabase = openSqliteInMemory(), most = 100, known: readonly string[] = []) {
  await migrate(db, migrations);
  const said: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, msg) => said.push(msg) };
  const names = await Names.open({
    store: serverNames(db),
    runtime: createVirtualRuntime(),
    log,
    limits: { serverNames: most },
    isKnown: (server) => known.includes(server),
  });
  return { db, names, said };
}

describe('the name of a server', () => {
  test('two servers claim one name: the first one keeps it, the other is shown by its key', async () => {
    const { db, names, said } = await open();
    assert.equal(names.claim(name, one), 'held');
    assert.equal(names.claim(name, two), 'taken');
    assert.equal(said.length, 1);
    assert.equal(names.claim(name, one), 'held');
    assert.deepEqual(names.nameOf(one), { name, verified: false });
    assert.equal(names.nameOf(two), undefined);
    assert.equal(names.refusedTo(two), name);
    assert.equal(names.resolve(name), one);
    await names.idle();
    const again = await open(db);
    assert.equal(again.names.claim(name, two), 'taken', 'after a restart too');
    assert.equal(again.names.resolve(name), one);
  });

  test('goes to the server that DNS names, visibly, and is not lost to claims again', async () => {
    const { db, names, said } = await open();
    names.claim(name, one);
    names.bind(name, two);
    assert.equal(said.length, 1);
    assert.deepEqual(names.nameOf(two), { name, verified: true });
    assert.equal(names.nameOf(one), undefined);
    assert.equal(names.refusedTo(one), name);
    assert.equal(names.claim(name, one), 'taken');
    assert.equal(names.claim('other.example', two), 'held');
    assert.deepEqual(names.nameOf(two), { name, verified: true }, 'what is proven is shown');
    names.claim(null, two);
    await names.idle();
    const again = await open(db);
    assert.equal(again.names.resolve(name), two);
    assert.equal(again.names.isVerified(name), true);
    again.names.bind(name, three);
    assert.deepEqual([again.names.resolve(name), again.names.refusedTo(two)], [three, name]);
    assert.equal(again.said.length, 1);
  });

  test('becomes proven where it was claimed, without a word', async () => {
    const { names, said } = await open();
    names.claim(name, one);
    names.bind(name, one);
    names.bind(name, one);
    assert.deepEqual(names.nameOf(one), { name, verified: true });
    assert.deepEqual(said, []);
  });

  test('is free again when its server takes another one', async () => {
    const { names } = await open();
    names.claim('a.example', one);
    names.claim('b.example', one);
    assert.equal(names.resolve('a.example'), undefined);
    assert.equal(names.claim('a.example', two), 'held');
    assert.equal(names.claim('a.example', one), 'taken');
    assert.equal(names.resolve('b.example'), undefined, 'it claims another one now');
    names.claim(null, two);
    assert.equal(names.claim('a.example', one), 'held');
  });

  test('is one of the last eight that DNS proved, and a server that nobody knows any more loses those too', async () => {
    const { names } = await open(openSqliteInMemory(), 9, [one, three]);
    for (let i = 0; i < 20; i++) names.bind(`n${i}.example`, two);
    assert.equal(names.resolve('n11.example'), undefined);
    assert.equal(names.resolve('n12.example'), two);
    assert.equal(names.claim('a.example', one), 'held');
    assert.equal(names.claim('b.example', three), 'full', 'a claim displaces nothing proven');
    assert.equal(names.resolve('n12.example'), two);
    names.bind('b.example', three);
    assert.deepEqual([names.resolve('b.example'), names.resolve('n12.example')], [three, undefined]);
  });

  test('is none that every machine has, that is an address, or that looks like a key', async () => {
    const { names } = await open();
    for (const bad of [
      'localhost',
      'x.localhost',
      '192.0.2.1',
      idOf(9),
      'a..b',
      `${'a'.repeat(64)}.example`,
      '-a.example',
    ])
      assert.equal(names.claim(bad, one), 'unusable', bad);
    assert.equal(names.nameOf(one), undefined);
  });

  test('of a server that nobody knows any more makes room for others', async () => {
    const { names } = await open(openSqliteInMemory(), 2, [two, three]);
    names.claim('a.example', one);
    names.claim('b.example', two);
    assert.equal(names.claim('c.example', three), 'held');
    assert.equal(names.resolve('a.example'), undefined);
    assert.equal(names.claim('d.example', idOf(4)), 'full');
  });
});
