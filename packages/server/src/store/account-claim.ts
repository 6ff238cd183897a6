/** The secret that makes the first owner, as a hash; it is there while nobody owns the server. */
import type { Database } from './database.ts';

const key = 'owner-secret';

export function claimStore(db: Database) {
  return {
    async get(): Promise<string | undefined> {
      const [row] = await db.all<{ value: string }>('SELECT value FROM fact WHERE key = ?', [key]);
      return row?.value;
    },
    set: (hash: string) =>
      db.run('INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
        key,
        hash,
      ]),
    /** True for the one caller who takes it away. */
    take: async (hash: string): Promise<boolean> =>
      (await db.run('DELETE FROM fact WHERE key = ? AND value = ?', [key, hash])) === 1,
  };
}
