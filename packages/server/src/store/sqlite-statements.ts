import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DatabaseError } from './database.ts';

/** Statements kept prepared; the server has about 200 different ones. */
const bound = 512;

/** What a call costs beside its row is paid once for so many; more of them gain no more. */
export const rowsAtOnce = 8;

export interface Prepared {
  readonly statement: StatementSync;
  /** Count of placeholders. */
  readonly parameters: number;
  readonly columns: readonly string[];
}

/** Prepared statements by their text; the one unused for longest makes room. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();
  /** The texts for many rows by those for one; empty where there is none. */
  readonly #many = new Map<string, string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  take(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) {
      // The order matters only once something has to go.
      if (this.#prepared.size < bound / 2) return known;
      this.#prepared.delete(sql);
      this.#prepared.set(sql, known);
      return known;
    }
    const prepared = prepare(this.#database, sql);
    this.#prepared.set(sql, prepared);
    const oldest = this.#prepared.keys().next();
    if (this.#prepared.size > bound && !oldest.done) this.#prepared.delete(oldest.value);
    return prepared;
  }

  /** The same insert for {@link rowsAtOnce} rows; undefined for what is no insert of one row. */
  takeMany(sql: string): Prepared | undefined {
    let many = this.#many.get(sql);
    if (many === undefined) {
      many = insertMany(sql);
      if (this.#many.size >= bound) this.#many.clear();
      this.#many.set(sql, many);
    }
    return many === '' ? undefined : this.take(many);
  }

  clear(): void {
    this.#prepared.clear();
  }
}

/** `VALUES (?, ?)` eight times, where all that is bound stands in it. */
function insertMany(sql: string): string {
  const [, head, row, tail] = /^(\s*INSERT\s[^?'"]*?\sVALUES\s*)(\([^()'"]*\))([^?'"]*)$/i.exec(sql) ?? [];
  return row === undefined ? '' : head + Array.from({ length: rowsAtOnce }, () => row).join(', ') + tail;
}

function prepare(database: DatabaseSync, sql: string): Prepared {
  const outsideLiterals = sql.replace(/'[^']*'/g, '');
  // SQLite would leave out what follows the first statement without a word.
  if (/;\s*\S/.test(outsideLiterals) && !/^\s*create\s+trigger\b/i.test(sql)) {
    throw new DatabaseError('statement', 'one statement at a time');
  }
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return {
    statement,
    parameters: outsideLiterals.split('?').length - 1,
    columns: statement.columns().map(({ name }) => name),
  };
}
