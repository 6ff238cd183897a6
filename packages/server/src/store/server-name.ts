/** Which server holds a name: the first that claimed it, or the one for which DNS speaks. */
import type { Database } from './database.ts';

export interface StoredServerName {
  name: string;
  server: string;
  verified: boolean;
  /** Unix ms. */
  since: number;
}

export type ServerNameStore = ReturnType<typeof serverNames>;

export function serverNames(db: Database) {
  return {
    async all(): Promise<StoredServerName[]> {
      const rows = await db.all<{ name: string; server: string; verified: number; since: number }>(
        'SELECT name, server, verified, since FROM server_name ORDER BY since, name',
      );
      return rows.map(({ verified, ...row }) => ({ ...row, verified: verified === 1 }));
    },
    put: ({ name, server, verified, since }: StoredServerName) =>
      db.run(
        `INSERT INTO server_name (name, server, verified, since) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
          server = excluded.server, verified = excluded.verified, since = excluded.since`,
        [name, server, verified ? 1 : 0, since],
      ),
    remove: (name: string) => db.run('DELETE FROM server_name WHERE name = ?', [name]),
  };
}
