import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database, Value } from './database.ts';
import { actKey } from './entry.ts';
import { migrate } from './migrations.ts';
import { migrations } from './schema.ts';
import { openSqliteInMemory } from './sqlite.ts';
import { openStore } from './store.ts';

test('no query of the log reads all of a room where an index is at hand', async () => {
  const db = openSqliteInMemory();
  await migrate(db, migrations);
  const asked: [sql: string, args: readonly Value[]][] = [];
  const spy: Database = {
    ...db,
    all: (sql, args = []) => {
      asked.push([sql, args]);
      return db.all(sql, args);
    },
  };
  const { entry } = openStore(spy);
  const seqs = Array.from({ length: 100 }, (_, i) => i);
  const keys = seqs.map((i) => actKey('user', `m${i}`));
  await entry.byAct(1, keys[0]!);
  await entry.byActs(1, keys.slice(0, 1));
  await entry.byActs(1, keys);
  await entry.bySeq(1, 1);
  await entry.isGone(1, keys[0]!);
  await entry.changes(1, keys.slice(0, 1));
  await entry.changes(1, keys);
  await entry.reactions(1, keys);
  await entry.reactionsOf(1, keys[0]!, 1);
  await entry.bySeqs(1, seqs);
  await entry.parts(1, seqs);
  await entry.seqAt(1, 0);
  await entry.forwards(1, { from: 1, to: 9 }, 5, true);
  await entry.backwards(1, { from: 1, to: 9 }, 5, true);
  await entry.between(1, { at: 0, seq: 0 }, 9, 5);
  const plans = await Promise.all(
    asked.map(([sql, args]) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, args)),
  );
  for (const [i, steps] of plans.entries())
    for (const { detail } of steps)
      assert.doesNotMatch(detail, /^SCAN (entry|part)|\(room=\?\)$/, `${asked[i]![0]}: ${detail}`);
  assert.equal(asked.length, 15);
  await db.close();
});

test('no query of who of a server is or was in a room reads all stays', async () => {
  const db = openSqliteInMemory();
  await migrate(db, migrations);
  const plans: { detail: string }[] = [];
  const spy: Database = {
    ...db,
    all: async (sql, args = []) => {
      plans.push(...(await db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, args)));
      return db.all(sql, args);
    },
  };
  const { foreign, marker } = openStore(spy);
  await foreign.staysOf(1, 's');
  await foreign.lastStay(1, 's');
  await foreign.sharedWith('s', 0, 10);
  await marker.told(1, [1, 2, 3]);
  assert.ok(plans.length > 4);
  for (const { detail } of plans) assert.doesNotMatch(detail, /^SCAN (stay|person|marker)/, detail);
  await db.close();
});
