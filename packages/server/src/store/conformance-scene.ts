// The little database in which the suite of the port plays, and how a test gets one. For tests only.
import { type Database, DatabaseError, type DatabaseErrorKind, type Value } from './database.ts';

/** Wraps a test: it gets one connection to an empty database, or two, and they are closed after it. */
export type Using = (
  run: (...databases: [Database, Database]) => Promise<void>,
  connections?: number,
) => () => Promise<void>;

export const tables = [
  'CREATE TABLE head (room TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT',
  'CREATE TABLE entry (room TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB, note TEXT, PRIMARY KEY (room, seq)) STRICT',
  'CREATE TABLE reader (room TEXT NOT NULL REFERENCES head (room), name TEXT NOT NULL) STRICT',
];

export const insertHead = 'INSERT INTO head (room, seq) VALUES (?, ?)';
export const insertEntry = 'INSERT INTO entry (room, seq, body, note) VALUES (?, ?, ?, ?)';
export const advance = 'UPDATE head SET seq = ? WHERE room = ? AND seq = ?';

export const isKind = (kind: DatabaseErrorKind) => (error: unknown) =>
  error instanceof DatabaseError && error.kind === kind;

export async function notes(database: Database): Promise<Value[]> {
  const rows = await database.all<{ note: string }>('SELECT note FROM entry ORDER BY room, seq');
  return rows.map(({ note }) => note);
}
