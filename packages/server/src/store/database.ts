// The port to the database. Its conformance suite is the full definition.
//
// SQL is written once, in what SQLite and PostgreSQL share: `?` placeholders, `INSERT … ON CONFLICT …`, keyset paging.
// Tables are declared in SQLite's strict types, `CREATE TABLE t (a INTEGER, b TEXT, c BLOB) STRICT`: other drivers
// translate those words, and the types are checked everywhere.

/**
 * Numbers are safe integers, in both directions; what exceeds them is read as a bigint and fits 64 bits with a sign.
 * Text is well-formed: a lone surrogate is stored as U+FFFD.
 */
export type Value = string | number | bigint | Uint8Array | null;

/** Run once for each row of arguments. */
export interface Statement {
  readonly sql: string;
  readonly rows: readonly (readonly Value[])[];
}

/** A guard must change at least one row, else its group is left out; the others still commit. */
export interface Group {
  readonly guard?: { readonly sql: string; readonly args: readonly Value[] };
  readonly statements: readonly Statement[];
}

export interface Database {
  /** Rows of a query that changes nothing. Sees every `run` and `transaction` that has resolved. */
  all<Row extends Record<string, Value>>(sql: string, args?: readonly Value[]): Promise<Row[]>;
  /** Runs one statement; resolves with the number of rows changed, once they are durable. */
  run(sql: string, args?: readonly Value[]): Promise<number>;
  /**
   * All groups in one transaction, in order; each sees what those before it did. Durable (fsync) when resolved; tells
   * which groups were applied. An SQL error rolls everything back and rejects. Arguments may be changed after the call.
   */
  transaction(groups: readonly Group[]): Promise<boolean[]>;
  /** Waits for what was asked before, then closes; later calls reject. Idempotent. */
  close(): Promise<void>;
}

/**
 * `constraint`: a unique, foreign or check constraint was hurt. `busy`: locked by somebody else for too long, or too
 * many calls wait. `full`: no room left. `io`: the disk failed. `corrupt`: the file is damaged. `closed`: closed, or the
 * connection or thread is gone. `statement`: the SQL or its arguments are wrong.
 */
export type DatabaseErrorKind = 'constraint' | 'busy' | 'full' | 'io' | 'corrupt' | 'closed' | 'statement';

/** What every rejection of a Database is. Nothing of the call was kept, unless the connection went down meanwhile. */
export class DatabaseError extends Error {
  readonly kind: DatabaseErrorKind;

  constructor(kind: DatabaseErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseError';
    this.kind = kind;
  }
}
