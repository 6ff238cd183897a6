// What a Database is, as tests; every driver runs them. For tests only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advance, insertEntry, insertHead, isKind, tables, type Using } from './conformance-scene.ts';
import { statements } from './conformance-statement.ts';
import { transactions } from './conformance-transaction.ts';
import { values } from './conformance-value.ts';
import type { Database } from './database.ts';

export interface DatabasePlace {
  /** Another connection to the same database. */
  open(): Promise<Database>;
  remove(): Promise<void>;
}

export interface ConformanceOptions {
  /** An empty database in a place of its own. */
  create(): Promise<DatabasePlace>;
  /** Why a second connection cannot be had, if so. */
  alone?: string;
}

export function databaseConformance(name: string, { create, alone }: ConformanceOptions): void {
  const using: Using = (run, connections = 1) => {
    return async () => {
      const place = await create();
      const first = await place.open();
      const second = connections === 2 ? await place.open() : first;
      try {
        for (const sql of tables) await first.run(sql);
        await run(first, second);
      } finally {
        await Promise.all([first.close(), second.close()]);
        await place.remove();
      }
    };
  };
  describe(`${name} as a database`, () => {
    describe('values', () => values(using));
    describe('statements', () => statements(using));
    describe('transactions', () => transactions(using));
    describe('closing', () => closing(using));
    describe('two connections', { skip: alone ?? false }, () => twoConnections(using));
  });
}

function closing(using: Using): void {
  it(
    'finishes what was asked before',
    using(async (database) => {
      const one = database.run(insertHead, ['a', 1]);
      const two = database.transaction([{ guard: { sql: advance, args: [2, 'a', 1] }, statements: [] }]);
      await database.close();
      assert.equal(await one, 1);
      assert.deepEqual(await two, [true]);
    }),
  );

  it(
    'refuses what is asked afterwards, and closes only once',
    using(async (database) => {
      await Promise.all([database.close(), database.close()]);
      await assert.rejects(database.all('SELECT 1 AS one'), isKind('closed'));
      await assert.rejects(database.run(insertHead, ['a', 1]), isKind('closed'));
      await assert.rejects(database.transaction([{ statements: [] }]), isKind('closed'));
    }),
  );
}

function twoConnections(using: Using): void {
  it(
    'see what the other has done',
    using(async (first, second) => {
      await first.run(insertHead, ['a', 1]);
      assert.deepEqual(await second.all('SELECT seq FROM head'), [{ seq: 1 }]);
      await second.run('UPDATE head SET seq = 2');
      assert.deepEqual(await first.all('SELECT seq FROM head'), [{ seq: 2 }]);
    }, 2),
  );

  it(
    'let exactly one of two win a compare-and-set',
    using(async (first, second) => {
      await first.run(insertHead, ['a', 0]);
      for (let seq = 0; seq < 20; seq += 1) {
        const attempt = (database: Database, note: string) =>
          database.transaction([
            {
              guard: { sql: advance, args: [seq + 1, 'a', seq] },
              statements: [{ sql: insertEntry, rows: [['a', seq + 1, null, note]] }],
            },
          ]);
        const [[one], [two]] = (await Promise.all([attempt(first, '1'), attempt(second, '2')])) as [
          [boolean],
          [boolean],
        ];
        assert.notEqual(one, two);
        const won = await first.all<{ note: string }>('SELECT note FROM entry WHERE seq = ?', [seq + 1]);
        assert.deepEqual(won, [{ note: one ? '1' : '2' }]);
      }
    }, 2),
  );
}
