// One synchronous connection to SQLite: what the worker, the reader and the database in memory have in common.
import { constants, DatabaseSync } from 'node:sqlite';
import { DatabaseError, type Group, type Value } from './database.ts';
import { databaseError } from './sqlite-error.ts';
import { type Prepared, rowsAtOnce, StatementCache } from './sqlite-statements.ts';

type Row = Record<string, Value>;

export interface SqliteHandleOptions {
  readonly path: string;
  readonly readOnly?: boolean;
  /** How long a lock of another connection is waited for. */
  readonly busyTimeoutMs?: number;
}

/** One row without arguments. */
const once: readonly (readonly Value[])[] = [[]];

export class SqliteHandle {
  readonly #database: DatabaseSync;
  readonly #queries: StatementCache;
  readonly #commands: StatementCache;
  #querying = false;

  constructor({ path, readOnly = false, busyTimeoutMs = 0 }: SqliteHandleOptions) {
    this.#database = new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    this.#queries = new StatementCache(this.#database);
    this.#commands = new StatementCache(this.#database);
    this.#database.setAuthorizer((action) => this.#authorize(action));
  }

  /** Runs statements without arguments and without results, such as pragmas. */
  exec(sql: string): void {
    this.#guarded(() => this.#database.exec(sql));
  }

  all<R extends Row>(sql: string, args: readonly Value[] = []): R[] {
    return this.#guarded(() => {
      // A query that writes must fail on every connection, also on one that could; SQLite asks when it prepares.
      this.#querying = true;
      try {
        return this.#all(sql, args) as R[];
      } finally {
        this.#querying = false;
      }
    });
  }

  run(sql: string, args: readonly Value[] = []): number {
    return this.#guarded(() => this.#run(sql, [args]));
  }

  transaction(groups: readonly Group[]): boolean[] {
    if (groups.length === 0) return [];
    return this.#guarded(() => {
      this.#run('BEGIN IMMEDIATE', once);
      try {
        const applied = groups.map((group) => this.#apply(group));
        this.#run('COMMIT', once);
        return applied;
      } catch (error) {
        // SQLite itself rolls back when the disk is full or fails.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  close(): void {
    this.#queries.clear();
    this.#commands.clear();
    this.#database.close();
  }

  /** The whole database as the bytes of a file. */
  serialize(): Uint8Array {
    return this.#guarded(() => this.#database.serialize());
  }

  /** Replaces the whole database by what {@link serialize} gave. */
  deserialize(image: Uint8Array): void {
    this.#queries.clear();
    this.#commands.clear();
    this.#guarded(() => this.#database.deserialize(image));
  }

  #apply({ guard, statements }: Group): boolean {
    if (guard !== undefined && this.#run(guard.sql, [guard.args]) === 0) return false;
    for (const { sql, rows } of statements) this.#run(sql, rows);
    return true;
  }

  #run(sql: string, rows: readonly (readonly Value[])[]): number {
    let changes = 0;
    let at = 0;
    const many = rows.length < rowsAtOnce ? undefined : this.#commands.takeMany(sql);
    if (many) {
      for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce) {
        const args = rows.slice(at, at + rowsAtOnce).flat();
        changes += Number(many.statement.run(...bound(many, args)).changes);
      }
    }
    if (at === rows.length) return changes;
    const one = this.#commands.take(sql);
    for (; at < rows.length; at++) changes += Number(one.statement.run(...bound(one, rows[at]!)).changes);
    return changes;
  }

  #all(sql: string, args: readonly Value[]): Row[] {
    const prepared = this.#queries.take(sql);
    const values = bound(prepared, args);
    const { statement } = prepared;
    try {
      return named(prepared.columns, statement.all(...values) as unknown as Value[][]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    // An integer beyond 2^53 is rare: read again, all as bigints, and make numbers of those that fit.
    statement.setReadBigInts(true);
    try {
      return named(prepared.columns, (statement.all(...values) as unknown as Value[][]).map(narrowed));
    } finally {
      statement.setReadBigInts(false);
    }
  }

  #authorize(action: number): number {
    return this.#querying && writes.has(action) ? constants.SQLITE_DENY : constants.SQLITE_OK;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseError(error);
    }
  }
}

const writes = new Set([
  constants.SQLITE_INSERT,
  constants.SQLITE_UPDATE,
  constants.SQLITE_DELETE,
  constants.SQLITE_CREATE_TABLE,
  constants.SQLITE_DROP_TABLE,
  constants.SQLITE_ALTER_TABLE,
  constants.SQLITE_TRANSACTION,
  constants.SQLITE_ATTACH,
]);

/** SQLite would take a missing argument for NULL, and store a number as a float where the column has no type. */
function bound({ parameters }: Prepared, args: readonly Value[]): (string | bigint | Uint8Array | null)[] {
  if (args.length !== parameters) {
    throw new DatabaseError('statement', `the statement takes ${parameters} arguments, not ${args.length}`);
  }
  const values: (string | bigint | Uint8Array | null)[] = [];
  for (const arg of args) {
    if (typeof arg === 'number' && Number.isSafeInteger(arg)) values.push(BigInt(arg));
    else if (typeof arg === 'string' || typeof arg === 'bigint' || arg === null || arg instanceof Uint8Array)
      values.push(arg);
    else throw new DatabaseError('statement', `an argument cannot be stored: ${String(arg)}`);
  }
  return values;
}

/** As objects with the usual prototype, which node:sqlite does not give. */
function named(columns: readonly string[], rows: readonly Value[][]): Row[] {
  return rows.map((values) => {
    const row: Row = {};
    for (let index = 0; index < columns.length; index += 1) row[columns[index]!] = values[index]!;
    return row;
  });
}

function narrowed(values: readonly Value[]): Value[] {
  return values.map((value) => {
    if (typeof value !== 'bigint') return value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  });
}
