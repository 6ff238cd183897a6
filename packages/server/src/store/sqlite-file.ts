import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseError } from './database.ts';
import { SqliteHandle } from './sqlite-handle.ts';
import { tellStatistics } from './sqlite-statistics.ts';

/** "parl": tells our files from those of other programs. */
const applicationId = 0x7061726c;

/** Another process writes for moments only: longer means that it hangs. */
const busyTimeoutMs = 5_000;

/** A write-ahead log that once grew beyond this is cut when it is next reset. */
const journalBytes = 67_108_864;

/**
 * Opens the database at `path` for writing, or makes it together with its folder, both for this user alone. Throws a
 * DatabaseError, or a system error when file or folder cannot be had.
 */
export function openFile(path: string): SqliteHandle {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const handle = new SqliteHandle({ path, busyTimeoutMs });
  try {
    claim(handle);
    if (handle.all('PRAGMA journal_mode = WAL')[0]?.journal_mode !== 'wal') {
      throw new DatabaseError('io', 'the file system does not allow a write-ahead log');
    }
    handle.exec('PRAGMA synchronous = FULL');
    handle.exec(`PRAGMA journal_size_limit = ${journalBytes}`);
    // What was erased must not be found in the file.
    handle.exec('PRAGMA secure_delete = ON');
    tellStatistics(handle);
    return handle;
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** Refuses another program's file and marks a new one as ours. */
function claim(handle: SqliteHandle): void {
  const id = handle.all('PRAGMA application_id')[0]?.application_id;
  if (id === applicationId) return;
  if (id !== 0 || handle.all('SELECT name FROM sqlite_master LIMIT 1').length > 0) {
    throw new DatabaseError('corrupt', 'it belongs to another program');
  }
  handle.exec(`PRAGMA application_id = ${applicationId}`);
}
