import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { StartError } from '../start-error.ts';
import { databaseConformance } from './conformance.ts';
import { DatabaseError } from './database.ts';
import { openSqlite, openSqliteInMemory } from './sqlite.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'parley-database-'));

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const path = await folder();
  try {
    await run(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

databaseConformance('SQLite in a file', {
  async create() {
    const path = await folder();
    return {
      open: () => openSqlite({ path: join(path, 'parley.db') }),
      remove: () => rm(path, { recursive: true }),
    };
  },
});

databaseConformance('SQLite in memory', {
  create: async () => ({ open: async () => openSqliteInMemory(), remove: async () => {} }),
  alone: 'a database in memory has one connection',
});

describe('a SQLite file', () => {
  it('is made with its folder, for its owner alone, and is one file again after closing', () =>
    inFolder(async (path) => {
      const file = join(path, 'new', 'parley.db');
      const database = await openSqlite({ path: file });
      await database.run('CREATE TABLE t (a INTEGER) STRICT');
      for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal((await stat(name)).mode & 0o777, 0o600);
      assert.equal((await stat(join(path, 'new'))).mode & 0o777, 0o700);
      await database.close();
      await assert.rejects(stat(`${file}-wal`));
    }));

  it('is opened again with all that it held', () =>
    inFolder(async (path) => {
      const file = join(path, 'parley.db');
      const first = await openSqlite({ path: file });
      await first.run('CREATE TABLE t (a INTEGER) STRICT');
      await first.run('INSERT INTO t VALUES (7)');
      await first.close();
      const second = await openSqlite({ path: file });
      assert.deepEqual(await second.all('SELECT a FROM t'), [{ a: 7 }]);
      await second.close();
    }));

  it('holds nothing any more of text that was deleted', () =>
    inFolder(async (path) => {
      const file = join(path, 'parley.db');
      const database = await openSqlite({ path: file });
      await database.run('CREATE TABLE t (a TEXT) STRICT');
      await database.run('INSERT INTO t VALUES (?)', [`tell nobody ${'x'.repeat(20_000)}`]);
      await database.run('DELETE FROM t');
      await database.close();
      assert.equal((await readFile(file)).includes('tell nobody'), false);
    }));

  it('refuses to start on what is no database, with one line', () =>
    inFolder(async (path) => {
      const text = join(path, 'text');
      await writeFile(text, 'This is a letter to the editor, and quite a long one. '.repeat(50));
      const torn = join(path, 'torn');
      await writeFile(torn, `SQLite format 3\0${'\xff'.repeat(2_000)}`);
      const foreign = join(path, 'foreign');
      const other = new DatabaseSync(foreign);
      other.exec('CREATE TABLE t (a)');
      other.close();
      const impossible = [text, torn, foreign, path, join(text, 'below', 'a-file'), '/proc/parley.db'];
      for (const file of impossible) {
        await assert.rejects(openSqlite({ path: file }), (error) => {
          assert.ok(error instanceof StartError);
          assert.match(error.message, /^cannot open the database .*: .+$/);
          assert.ok(error.message.includes(file));
          return true;
        });
      }
      assert.match(await readFile(text, 'utf8'), /^This is a letter/);
    }));

  it('tells that the disk is full, keeps what it had and goes on when there is room', () =>
    inFolder(async (path) => {
      const database = await openSqlite({ path: join(path, 'parley.db') });
      await database.run('CREATE TABLE t (a BLOB) STRICT');
      await database.run('PRAGMA max_page_count = 10');
      const insert = 'INSERT INTO t VALUES (?)';
      const rows = Array.from({ length: 20 }, () => [new Uint8Array(10_000)]);
      const full = (error: unknown): boolean => error instanceof DatabaseError && error.kind === 'full';
      await assert.rejects(database.transaction([{ statements: [{ sql: insert, rows }] }]), full);
      await database.run(insert, [Uint8Array.of(1)]);
      assert.deepEqual(await database.all('SELECT length(a) AS length FROM t'), [{ length: 1 }]);
      await database.close();
    }));

  it('waits for another connection that writes', () =>
    inFolder(async (path) => {
      const file = join(path, 'parley.db');
      const database = await openSqlite({ path: file });
      await database.run('CREATE TABLE t (a INTEGER) STRICT');
      const other = new DatabaseSync(file);
      other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
      const waiting = database.run('INSERT INTO t VALUES (2)');
      assert.deepEqual(await database.all('SELECT a FROM t'), []);
      other.exec('COMMIT');
      other.close();
      await waiting;
      assert.deepEqual(await database.all('SELECT a FROM t ORDER BY a'), [{ a: 1 }, { a: 2 }]);
      await database.close();
    }));
});

describe('SQLite in memory', () => {
  it('starts again from an image', async () => {
    const first = openSqliteInMemory();
    await first.run('CREATE TABLE t (a INTEGER) STRICT');
    await first.run('INSERT INTO t VALUES (1)');
    const image = first.image();
    await first.run('INSERT INTO t VALUES (2)');
    const second = openSqliteInMemory(image);
    assert.deepEqual(await second.all('SELECT a FROM t'), [{ a: 1 }]);
    await second.run('INSERT INTO t VALUES (3)');
    assert.deepEqual(await first.all('SELECT a FROM t'), [{ a: 1 }, { a: 2 }]);
    await first.close();
    await second.close();
  });

  it('has done its work when the call returns', () => {
    const database = openSqliteInMemory();
    void database.run('CREATE TABLE t (a INTEGER) STRICT');
    void database.transaction([{ statements: [{ sql: 'INSERT INTO t VALUES (?)', rows: [[1]] }] }]);
    void database.run('INSERT INTO t VALUES (2)');
    assert.ok(Buffer.from(database.image()).includes('CREATE TABLE t'));
    void database.close();
  });
});
