// What goes in comes out: values. For tests only.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { insertEntry, insertHead, isKind, notes, type Using } from './conformance-scene.ts';
import { type Database, DatabaseError, type Value } from './database.ts';

export function values(using: Using): void {
  const roundTrip = async (database: Database, column: 'seq' | 'body' | 'note', value: Value): Promise<Value> => {
    const row = { seq: 1 as Value, body: null as Value, note: null as Value, [column]: value };
    await database.run(insertEntry, ['a', row.seq, row.body, row.note]);
    const [read] = await database.all<Record<string, Value>>(`SELECT ${column} FROM entry`);
    await database.run('DELETE FROM entry');
    return read?.[column] ?? null;
  };

  it(
    'gives back text of any script, empty text and NULL',
    using(async (database) => {
      for (const text of [
        '',
        'Ωmega 日本語 👩‍👩‍👧‍👦',
        "it's ? ; -- /* */",
        '\u202eright to left',
        'x'.repeat(100_000),
        null,
      ]) {
        assert.equal(await roundTrip(database, 'note', text), text);
      }
    }),
  );

  it(
    'keeps text with a NUL whole or refuses it',
    using(async (database) => {
      const text = 'before\0after';
      const read = await roundTrip(database, 'note', text).catch((error) => error);
      if (!(read instanceof DatabaseError)) assert.equal(read, text);
    }),
  );

  it(
    'stores a lone surrogate as U+FFFD',
    using(async (database) => {
      assert.equal(await roundTrip(database, 'note', 'a\ud800b'), 'a\ufffdb');
    }),
  );

  it(
    'gives back integers up to 64 bits, as numbers where those are exact',
    using(async (database) => {
      for (const integer of [0, -1, 1, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
        assert.equal(await roundTrip(database, 'seq', integer), integer);
        assert.equal(await roundTrip(database, 'seq', BigInt(integer)), integer);
      }
      for (const integer of [2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        assert.equal(await roundTrip(database, 'seq', integer), integer);
      }
    }),
  );

  it(
    'reads a large integer beside a small one',
    using(async (database) => {
      await database.run(insertHead, ['a', 2n ** 60n]);
      assert.deepEqual(await database.all('SELECT seq, 7 AS small FROM head'), [{ seq: 2n ** 60n, small: 7 }]);
      assert.deepEqual(await database.all('SELECT 7 AS small FROM head'), [{ small: 7 }]);
    }),
  );

  it(
    'gives back bytes, also none and those of a view',
    using(async (database) => {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      for (const bytes of [
        all,
        new Uint8Array(0),
        all.subarray(10, 20),
        Buffer.from('pooled'),
        new Uint8Array(300_000),
      ]) {
        const read = await roundTrip(database, 'body', bytes);
        assert.ok(read instanceof Uint8Array);
        assert.deepEqual([...read], [...bytes]);
      }
    }),
  );

  it(
    'refuses what it cannot store exactly',
    using(async (database) => {
      const bad = [1.5, Number.NaN, Infinity, 2 ** 53, 2n ** 63n, true, undefined, {}, new Date(0), Symbol('x')];
      for (const value of bad as Value[]) {
        const args = ['a', 1, value, null];
        await assert.rejects(database.run(insertEntry, args), isKind('statement'), String(value));
        const group = { statements: [{ sql: insertEntry, rows: [args] }] };
        await assert.rejects(database.transaction([group]), isKind('statement'));
      }
      assert.deepEqual(await notes(database), []);
    }),
  );

  it(
    'refuses a value of another type than the column',
    using(async (database) => {
      await assert.rejects(database.run(insertEntry, ['a', 'one', null, null]));
      await assert.rejects(database.run(insertEntry, ['a', 1, 'text', null]));
    }),
  );

  it(
    'does not notice when arguments are changed after the call',
    using(async (database) => {
      const body = Uint8Array.of(1, 2, 3);
      const one = database.run(insertEntry, ['a', 1, body, null]);
      const two = database.transaction([{ statements: [{ sql: insertEntry, rows: [['a', 2, body, null]] }] }]);
      body.fill(9);
      await Promise.all([one, two]);
      const rows = await database.all<{ body: Uint8Array }>('SELECT body FROM entry ORDER BY seq');
      for (const row of rows) assert.deepEqual([...row.body], [1, 2, 3]);
    }),
  );
}
