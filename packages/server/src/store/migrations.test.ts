import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StartError } from '../start-error.ts';
import type { Database } from './database.ts';
import { migrate } from './migrations.ts';
import { openSqliteInMemory } from './sqlite.ts';

const steps = [
  ['CREATE TABLE one (a INTEGER) STRICT', 'CREATE INDEX one_a ON one (a)'],
  ['INSERT INTO one VALUES (1)', 'ALTER TABLE one ADD COLUMN b TEXT'],
  ['INSERT INTO one VALUES (2, NULL)'],
];

const contents = (database: Database) => database.all('SELECT a FROM one ORDER BY a');

describe('migrations', () => {
  it('take every step once, however often they are run', async () => {
    const database = openSqliteInMemory();
    await migrate(database, steps);
    await migrate(database, steps);
    assert.deepEqual(await contents(database), [{ a: 1 }, { a: 2 }]);
  });

  it('take only new steps when the list has grown', async () => {
    const database = openSqliteInMemory();
    await migrate(database, steps.slice(0, 2));
    await migrate(database, steps);
    assert.deepEqual(await contents(database), [{ a: 1 }, { a: 2 }]);
  });

  it('refuse a database that is newer than the list', async () => {
    const database = openSqliteInMemory();
    await migrate(database, steps);
    await assert.rejects(migrate(database, steps.slice(0, 2)), StartError);
  });

  it('leave the schema before a step that fails, with the steps before it taken', async () => {
    const database = openSqliteInMemory();
    const broken = [...steps.slice(0, 2), ['INSERT INTO one VALUES (9, NULL)', 'INSERT INTO nowhere VALUES (1)']];
    await assert.rejects(migrate(database, broken));
    assert.deepEqual(await contents(database), [{ a: 1 }]);
    await migrate(database, steps);
    assert.deepEqual(await contents(database), [{ a: 1 }, { a: 2 }]);
  });

  it('go on after a crash before or after any write', async () => {
    const writes = 2 + steps.length;
    for (let crashAt = 0; crashAt < writes; crashAt += 1) {
      for (const moment of ['before', 'after'] as const) {
        const database = openSqliteInMemory();
        await assert.rejects(migrate(crashing(database, crashAt, moment), steps), /crash/);
        await migrate(database, steps);
        assert.deepEqual(await contents(database), [{ a: 1 }, { a: 2 }], `${moment} write ${crashAt}`);
      }
    }
  });

  it('leave a step to the node that takes it first', async () => {
    const database = openSqliteInMemory();
    await Promise.all([migrate(database, steps), migrate(database, steps), migrate(database, steps)]);
    assert.deepEqual(await contents(database), [{ a: 1 }, { a: 2 }]);
  });
});

/** Fails once, at the write of this number. */
function crashing(database: Database, crashAt: number, moment: 'before' | 'after'): Database {
  let writes = 0;
  const write = async <T>(run: () => Promise<T>): Promise<T> => {
    const isDue = writes++ === crashAt;
    if (isDue && moment === 'before') throw new Error('crash');
    const result = await run();
    if (isDue) throw new Error('crash');
    return result;
  };
  return {
    ...database,
    run: (...args) => write(() => database.run(...args)),
    transaction: (groups) => write(() => database.transaction(groups)),
  };
}
