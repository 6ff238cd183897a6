/** Keys that people sign in with. */
import type { Database } from './database.ts';

interface KeyRecord {
  key: Uint8Array;
  label: string;
  createdAt: number;
}

export function personKeys(db: Database) {
  return {
    async keys(n: number): Promise<KeyRecord[]> {
      const rows = await db.all<{ key: Uint8Array; label: string; created_at: number }>(
        'SELECT key, label, created_at FROM person_key WHERE person = ? ORDER BY created_at',
        [n],
      );
      return rows.map((row) => ({ key: row.key, label: row.label, createdAt: row.created_at }));
    },
    /** False when the key belongs to somebody already. */
    addKey: async (n: number, { key, label, createdAt }: KeyRecord): Promise<boolean> =>
      (await db.run(
        'INSERT INTO person_key (key, person, label, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
        [key, n, label, createdAt],
      )) === 1,
    removeKey: async (n: number, key: Uint8Array): Promise<boolean> =>
      (await db.run('DELETE FROM person_key WHERE key = ? AND person = ?', [key, n])) === 1,
  };
}
