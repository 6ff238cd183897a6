/** The notice of this server, one at the most. */
import type { ServerNotice } from '@parley/protocol';
import type { Database } from './database.ts';

const key = 'notice';

export function noticeStore(db: Database) {
  return {
    async get(): Promise<ServerNotice | undefined> {
      const [row] = await db.all<{ value: string }>('SELECT value FROM fact WHERE key = ?', [key]);
      return row && (JSON.parse(row.value) as ServerNotice);
    },
    set: ({ text, at }: ServerNotice) =>
      db.run('INSERT INTO fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', [
        key,
        JSON.stringify({ text, at }),
      ]),
    /** Whether there was one. */
    remove: async (): Promise<boolean> => (await db.run('DELETE FROM fact WHERE key = ?', [key])) === 1,
  };
}
