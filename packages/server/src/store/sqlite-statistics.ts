import type { SqliteHandle } from './sqlite-handle.ts';

/**
 * By index: rows in the table, and rows of one value of the first column, of the first two and so on. What it names may
 * not exist yet.
 */
const statistics: readonly (readonly [table: string, index: string, rows: string])[] = [
  ['entry', 'entry', '1000000 10000 1'],
  ['entry', 'entry_by_act', '1000000 10000 1'],
  ['entry', 'entry_by_time', '1000000 10000 1'],
  ['entry', 'entry_by_target', '100000 1000 2 1'],
  ['part', 'part', '1000000 10000 1 1'],
];

/**
 * Tells the planner that rooms are long. Left to its guess of ten entries a room, it reads all of them where an index is
 * at hand. What somebody has counted with ANALYZE stays.
 */
export function tellStatistics(handle: SqliteHandle): void {
  handle.exec('ANALYZE sqlite_schema');
  const isCounted = handle.all("SELECT tbl FROM sqlite_stat1 WHERE tbl = 'entry' LIMIT 1").length > 0;
  if (isCounted) return;
  const sql = 'INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)';
  handle.transaction([{ statements: [{ sql, rows: statistics }] }]);
  handle.exec('ANALYZE sqlite_schema');
}
