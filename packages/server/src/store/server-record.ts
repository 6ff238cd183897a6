/** What other servers say of themselves, as they signed it, with how it came here; and this server's own. */
import type { Infer, serverSource } from '@parley/protocol';
import type { Database } from './database.ts';

export interface StoredServerRecord {
  server: string;
  version: number;
  expiresAt: number;
  sealed: Uint8Array;
  /** `own`: of this server. */
  via: Infer<typeof serverSource> | 'own';
  /** Who handed it on: the id of a server, or the address of a directory. */
  from: string;
  /** How near that was: an address of this machine is of use only when learnt on it. */
  nearness: 'machine' | 'private' | 'public';
  seenAt: number;
}

export type ServerRecordStore = ReturnType<typeof serverRecords>;

interface Row extends Record<string, string | number | Uint8Array> {
  server: string;
  version: number;
  expires_at: number;
  sealed: Uint8Array;
  via: string;
  source: string;
  nearness: string;
  seen_at: number;
}

const columns = 'server, version, expires_at, sealed, via, source, nearness, seen_at';

const storedOf = ({ expires_at, source, seen_at, ...row }: Row): StoredServerRecord => ({
  ...(row as Pick<StoredServerRecord, 'server' | 'version' | 'sealed' | 'via' | 'nearness'>),
  expiresAt: expires_at,
  from: source,
  seenAt: seen_at,
});

export function serverRecords(db: Database) {
  return {
    /** Of every other server, as far as it has not expired, the longest unseen first. */
    async others(now: number): Promise<StoredServerRecord[]> {
      const rows = await db.all<Row>(
        `SELECT ${columns} FROM server_record WHERE via <> 'own' AND expires_at > ? ORDER BY seen_at, server`,
        [now],
      );
      return rows.map(storedOf);
    },
    async own(): Promise<StoredServerRecord | undefined> {
      const [row] = await db.all<Row>(`SELECT ${columns} FROM server_record WHERE via = 'own'`);
      return row && storedOf(row);
    },
    /** Puts and removes together, so that what is kept never exceeds what is held in memory. */
    async write(put: readonly StoredServerRecord[], removed: readonly string[]): Promise<void> {
      const statements = [
        ...(removed.length === 0
          ? []
          : [{ sql: 'DELETE FROM server_record WHERE server = ?', rows: removed.map((server) => [server]) }]),
        ...(put.length === 0
          ? []
          : [
              {
                sql: `INSERT INTO server_record (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (server) DO UPDATE SET version = excluded.version,
                  expires_at = excluded.expires_at, sealed = excluded.sealed, via = excluded.via,
                  source = excluded.source, nearness = excluded.nearness, seen_at = excluded.seen_at`,
                rows: put.map((each) => [
                  each.server,
                  each.version,
                  each.expiresAt,
                  each.sealed,
                  each.via,
                  each.from,
                  each.nearness,
                  each.seenAt,
                ]),
              },
            ]),
      ];
      if (statements.length > 0) await db.transaction([{ statements }]);
    },
    expire: (now: number) => db.run("DELETE FROM server_record WHERE expires_at <= ? AND via <> 'own'", [now]),
  };
}
