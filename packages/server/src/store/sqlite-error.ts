import { DatabaseError, type DatabaseErrorKind } from './database.ts';

/** Primary result codes [sqlite.org/rescode.html]; those not named here are the statement's fault. */
const kinds: Record<number, DatabaseErrorKind> = {
  5: 'busy',
  6: 'busy',
  8: 'io',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'io',
  19: 'constraint',
  26: 'corrupt',
};

/** Any error thrown while SQLite worked, as a {@link DatabaseError}. */
export function databaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return new DatabaseError(kinds[code] ?? 'statement', message, { cause: error });
}
