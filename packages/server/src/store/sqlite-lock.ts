/**
 * One server at a time on a data folder. The lock is the operating system's, held through an open transaction on an
 * empty database beside the real one: it ends with the process, however that ends, and nothing has to be cleaned up.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error.ts';
import { databaseError } from './sqlite-error.ts';
import { SqliteHandle } from './sqlite-handle.ts';

/**
 * Takes `folder`, which is made when missing; what it returns gives the folder back. Throws a StartError when another
 * server has it or it cannot be had. Whoever takes it has to hold on to what it returns.
 */
export function lockFolder(folder: string): () => void {
  let handle: SqliteHandle | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'lock.db');
    makeFile(path);
    handle = new SqliteHandle({ path });
    handle.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    handle?.close();
    const { kind, message } = databaseError(cause);
    const line =
      kind === 'busy'
        ? `another server is running on the data folder ${folder}: stop it, or name another folder`
        : `cannot lock the data folder ${folder}: ${message}`;
    throw new StartError(line, { cause });
  }
  let isHeld = true;
  return () => {
    if (isHeld) handle.close();
    isHeld = false;
  };
}

/** An existing file is not even opened: closing it would give up the lock that this process may hold on it. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
