/** Single facts of this server, such as whether somebody owns it. */
import type { Database } from './database.ts';

export function factStore(db: Database) {
  return {
    async get(key: string): Promise<string | undefined> {
      const [row] = await db.all<{ value: string }>('SELECT value FROM fact WHERE key = ?', [key]);
      return row?.value;
    },
    set: (key: string, value: string) =>
      db.run('INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
        key,
        value,
      ]),
    /** True for the one caller who takes it away. */
    take: async (key: string, value: string): Promise<boolean> =>
      (await db.run('DELETE FROM fact WHERE key = ? AND value = ?', [key, value])) === 1,
  };
}
