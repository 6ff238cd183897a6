import { StartError } from '../start-error.ts';
import { type Database, DatabaseError, type Group, type Value } from './database.ts';
import { databaseError } from './sqlite-error.ts';
import { SqliteHandle } from './sqlite-handle.ts';
import { tellStatistics } from './sqlite-statistics.ts';
import { SqliteWriter } from './sqlite-writer.ts';

/** Readers wait for a lock only while another process recovers or removes the write-ahead log. */
const readerBusyTimeoutMs = 1_000;

/**
 * The database in the file `path`, which is made when missing, with its folder. A thread writes; reads stay on this one.
 * Rejects with a StartError when the file cannot be had or is no database of ours.
 */
export async function openSqlite({ path }: { path: string }): Promise<Database> {
  const writer = new SqliteWriter(path);
  let reader: SqliteHandle;
  try {
    await writer.opened;
    reader = new SqliteHandle({ path, readOnly: true, busyTimeoutMs: readerBusyTimeoutMs });
  } catch (cause) {
    await writer.close().catch(() => {});
    const { message } = databaseError(cause);
    throw new StartError(`cannot open the database ${path}: ${message}`, { cause });
  }
  let closed: Promise<void> | undefined;
  return {
    async all<Row extends Record<string, Value>>(sql: string, args?: readonly Value[]) {
      if (closed !== undefined) throw closedError();
      return reader.all<Row>(sql, args);
    },
    run: (sql, args = []) => writer.run(sql, args),
    transaction: (groups) => writer.transaction(groups),
    close() {
      // The writer is the last to close: that merges and removes the write-ahead log.
      if (closed === undefined) {
        reader.close();
        closed = writer.close();
      }
      return closed;
    },
  };
}

export interface MemoryDatabase extends Database {
  /** The whole database as it is now. */
  image(): Uint8Array;
}

/**
 * A database in memory, starting from an earlier `image` if given. Works within the call and resolves in microtasks:
 * for tests and for the simulation.
 */
export function openSqliteInMemory(image?: Uint8Array): MemoryDatabase {
  const handle = new SqliteHandle({ path: ':memory:' });
  if (image !== undefined) handle.deserialize(image);
  else tellStatistics(handle);
  // As in a file: an image is searched for what was erased.
  handle.exec('PRAGMA secure_delete = ON');
  let closed = false;
  const use = <T>(work: () => T): T => {
    if (closed) throw closedError();
    return work();
  };
  return {
    all: async <Row extends Record<string, Value>>(sql: string, args?: readonly Value[]) =>
      use(() => handle.all<Row>(sql, args)),
    run: async (sql: string, args?: readonly Value[]) => use(() => handle.run(sql, args)),
    transaction: async (groups: readonly Group[]) => use(() => handle.transaction(groups)),
    image: () => use(() => handle.serialize()),
    async close() {
      if (!closed) handle.close();
      closed = true;
    },
  };
}

function closedError(): DatabaseError {
  return new DatabaseError('closed', 'the database is closed');
}
