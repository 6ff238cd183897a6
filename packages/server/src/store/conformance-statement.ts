// One statement at a time: what it changes, gives and refuses. For tests only.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { insertEntry, insertHead, isKind, type Using } from './conformance-scene.ts';
import { DatabaseError } from './database.ts';

export function statements(using: Using): void {
  it(
    'tells how many rows a statement changed',
    using(async (database) => {
      await database.run(insertHead, ['a', 1]);
      assert.equal(await database.run(insertHead, ['b', 1]), 1);
      assert.equal(await database.run('UPDATE head SET seq = seq + ?', [1]), 2);
      assert.equal(await database.run('UPDATE head SET seq = ? WHERE room = ?', [9, 'nobody']), 0);
      const upsert = 'INSERT INTO head (room, seq) VALUES (?, ?) ON CONFLICT (room) DO NOTHING';
      assert.equal(await database.run(upsert, ['a', 1]), 0);
    }),
  );

  it(
    'gives rows in the order asked, as plain objects',
    using(async (database) => {
      await database.transaction([{ statements: [{ sql: insertHead, rows: ['b', 'c', 'a'].map((r, i) => [r, i]) }] }]);
      assert.deepEqual(await database.all('SELECT room, seq FROM head ORDER BY room LIMIT ?', [2]), [
        { room: 'a', seq: 2 },
        { room: 'b', seq: 0 },
      ]);
    }),
  );

  it(
    'divides integers as integers',
    using(async (database) => {
      assert.deepEqual(await database.all('SELECT CAST(? AS INTEGER) / 2 AS half', [7]), [{ half: 3 }]);
    }),
  );

  it(
    'refuses a query that writes',
    using(async (database) => {
      await assert.rejects(database.all(insertHead, ['a', 1]), DatabaseError);
      await database.run(insertHead, ['a', 1]);
      await assert.rejects(database.all(insertHead, ['b', 1]), DatabaseError);
      await assert.rejects(database.all('UPDATE head SET seq = 5 RETURNING seq'), DatabaseError);
      await assert.rejects(database.all('DELETE FROM head'), DatabaseError);
      assert.deepEqual(await database.all('SELECT seq FROM head'), [{ seq: 1 }]);
    }),
  );

  it(
    'refuses wrong SQL, two statements at once and a wrong number of arguments',
    using(async (database) => {
      await assert.rejects(database.run('INSERT INTO nowhere VALUES (1)'), isKind('statement'));
      await assert.rejects(database.all('SELEC 1'), isKind('statement'));
      await assert.rejects(database.run("DELETE FROM head; DELETE FROM entry WHERE note = ';'"), isKind('statement'));
      await assert.rejects(database.run(insertHead, ['a']), isKind('statement'));
      await assert.rejects(database.run(insertHead, ['a', 1, 2]), isKind('statement'));
      await assert.rejects(database.all('SELECT room FROM head WHERE room = ?'), isKind('statement'));
    }),
  );

  it(
    'tells a hurt constraint from other errors',
    using(async (database) => {
      await database.run(insertHead, ['a', 1]);
      await assert.rejects(database.run(insertHead, ['a', 2]), isKind('constraint'));
      await assert.rejects(database.run('INSERT INTO reader VALUES (?, ?)', ['nowhere', 'ada']), isKind('constraint'));
      await assert.rejects(database.run(insertEntry, [null, 1, null, null]), isKind('constraint'));
    }),
  );
}
