import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../log.ts';
import { openSqliteInMemory } from '../../main.ts';
import { createVirtualRuntime } from '../../runtime-virtual.ts';
import { migrate } from '../../store/migrations.ts';
import { migrations } from '../../store/schema.ts';
import { serverNames } from '../../store/server-name.ts';
import { Names } from '../names.ts';
import { idOf } from '../testing-network.ts';
import type { NameOutcome } from './lookup.ts';
import { NameProofs } from './name-proofs.ts';

const [ada, bob] = [idOf(1), idOf(2)];
const name = 'chat.example.org';

async function world() {
  const clock = createVirtualRuntime();
  const db = openSqliteInMemory();
  await migrate(db, migrations);
  const names = await Names.open({
    store: serverNames(db),
    runtime: clock,
    log: silentLog,
    limits: { serverNames: 100 },
    isKnown: () => true,
  });
  const asked: string[] = [];
  const dns: { outcome: NameOutcome; id?: string } = { outcome: 'none' };
  const proofs = new NameProofs({
    lookup: {
      lookup: async (name) => {
        asked.push(name);
        return { ...dns, addresses: [], ttlMs: 60_000 };
      },
    },
    names,
    runtime: clock,
    log: silentLog,
  });
  const says = (outcome: NameOutcome, id?: string): void => {
    dns.outcome = outcome;
    if (id === undefined) delete dns.id;
    else dns.id = id;
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const claims = async (server: string, claimed: string | null = name): Promise<void> => {
    proofs.claimed(server, claimed);
    await settled();
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await settled();
  };
  return { clock, names, proofs, asked, says, claims, pass };
}

test('a claim that DNS vouches for is proven, one that it gives to another is not', async () => {
  const { names, proofs, says, claims } = await world();
  says('validated', ada);
  await claims(bob);
  assert.deepEqual([names.nameOf(bob), names.resolve(name)], [undefined, undefined], 'ada was never met');
  await claims(ada);
  assert.deepEqual(names.nameOf(ada), { name, verified: true });
  proofs.lost(bob);
  await claims(bob);
  assert.deepEqual([names.nameOf(bob), names.refusedTo(bob)], [undefined, name]);
});

test('what DNS vouches for displaces a pin', async () => {
  const { names, says, claims, pass } = await world();
  await claims(bob);
  assert.deepEqual(names.nameOf(bob), { name, verified: false });
  says('validated', ada);
  await pass(60_000);
  assert.deepEqual([names.nameOf(ada), names.nameOf(bob)], [{ name, verified: true }, undefined]);
  assert.equal(names.refusedTo(bob), name);
});

test('a claim stays a claim where DNS is unsigned, silent or not there, and the first one keeps the name', async () => {
  for (const [outcome, id] of [['unsigned', ada], ['unsigned', bob], ['none'], ['unavailable']] as const) {
    const { names, says, claims } = await world();
    says(outcome, id);
    await claims(ada);
    await claims(bob);
    assert.deepEqual(names.nameOf(ada), { name, verified: false }, outcome);
    assert.equal(names.nameOf(bob), undefined);
  }
});

test('a forged answer takes the name of a claim, and nothing from what was proven before', async () => {
  const { names, says, claims, pass } = await world();
  says('bogus');
  await claims(bob);
  assert.equal(names.nameOf(bob), undefined);
  says('validated', ada);
  await claims(ada);
  says('bogus');
  await pass(60_000);
  assert.deepEqual(names.nameOf(ada), { name, verified: true });
});

test('no record never unpins', async () => {
  const { names, asked, says, claims, pass } = await world();
  says('validated', ada);
  await claims(ada);
  for (const outcome of ['none', 'unsigned', 'unavailable'] as const) {
    says(outcome);
    await pass(60_000);
    assert.deepEqual(names.nameOf(ada), { name, verified: true });
  }
  const before = asked.length;
  await pass(299_999);
  assert.equal(asked.length, before, 'a resolver that is not there is left alone for a while');
  await pass(1);
  assert.equal(asked.length, before + 1);
});

test('a name is asked for again when what DNS said has expired, as long as its server is linked and claims it', async () => {
  const { clock, names, proofs, asked, says, claims, pass } = await world();
  await claims(ada);
  await claims(ada);
  assert.deepEqual(asked, [name]);
  says('validated', ada);
  await pass(59_999);
  assert.equal(names.isVerified(name), false);
  await pass(1);
  assert.equal(names.isVerified(name), true);
  await claims(ada, 'other.example.org');
  assert.deepEqual(asked, [name, name, 'other.example.org']);
  proofs.lost(ada);
  assert.equal(clock.timers, 0);
  proofs.claimed(ada, name);
  proofs.close();
  await pass(0);
  assert.equal(clock.timers, 0, 'an answer that came too late starts nothing');
  await claims(bob, null);
  assert.equal(asked.length, 4);
});
