/** What a directory keeps: the servers that announced themselves, in the order of their last change. */
import type { Database } from './database.ts';

export interface DirectoryRow {
  server: string;
  expiresAt: number;
  /** As the server signed it. */
  sealed: Uint8Array;
  present: boolean;
  joinedAt: number;
  seenAt: number;
  revision: number;
}

export type DirectoryStore = ReturnType<typeof directoryStore>;

interface Row extends Record<string, string | number | Uint8Array> {
  server: string;
  expires_at: number;
  sealed: Uint8Array;
  present: number;
  joined_at: number;
  seen_at: number;
  revision: number;
}

const columns = 'server, expires_at, sealed, present, joined_at, seen_at, revision';

const rowOf = ({ server, expires_at, sealed, present, joined_at, seen_at, revision }: Row): DirectoryRow => ({
  server,
  expiresAt: expires_at,
  sealed,
  present: present === 1,
  joinedAt: joined_at,
  seenAt: seen_at,
  revision,
});

export function directoryStore(db: Database) {
  const all = async (sql: string, args: readonly (string | number)[]): Promise<DirectoryRow[]> =>
    (await db.all<Row>(`SELECT ${columns} FROM directory_server ${sql}`, args)).map(rowOf);
  const fact = async (key: string): Promise<string | undefined> => {
    const [row] = await db.all<{ value: string }>('SELECT value FROM directory_fact WHERE key = ?', [key]);
    return row?.value;
  };
  const putFact = (key: string, value: string) => ({
    sql: 'INSERT INTO directory_fact (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    rows: [[key, value]],
  });
  return {
    async revision(): Promise<number> {
      return Number((await fact('revision')) ?? 0);
    },
    /** What the book is called: as it was called before, or else this. */
    async book(name: string): Promise<string> {
      await db.run("INSERT INTO directory_fact (key, value) VALUES ('book', ?) ON CONFLICT (key) DO NOTHING", [name]);
      return (await fact('book')) ?? name;
    },
    async get(server: string): Promise<DirectoryRow | undefined> {
      return (await all('WHERE server = ?', [server]))[0];
    },
    /** Those that changed after a revision, in that order. */
    after: (revision: number, limit: number) => all('WHERE revision > ? ORDER BY revision LIMIT ?', [revision, limit]),
    present: () => all('WHERE present = 1 ORDER BY revision', []),
    expired: (now: number, limit: number) =>
      all('WHERE expires_at <= ? ORDER BY expires_at, server LIMIT ?', [now, limit]),
    /** The one that is away for longest. */
    async longestAway(): Promise<DirectoryRow | undefined> {
      return (await all('WHERE present = 0 ORDER BY seen_at, server LIMIT 1', []))[0];
    },
    async count(): Promise<number> {
      const [row] = await db.all<{ count: number }>('SELECT COUNT(*) AS count FROM directory_server');
      return row?.count ?? 0;
    },
    /** Puts a row with its revision, which is the highest from then on. */
    async put({ server, expiresAt, sealed, present, joinedAt, seenAt, revision }: DirectoryRow): Promise<void> {
      const row = {
        sql: `INSERT INTO directory_server (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (server) DO UPDATE SET expires_at = excluded.expires_at, sealed = excluded.sealed,
          present = excluded.present, joined_at = excluded.joined_at, seen_at = excluded.seen_at,
          revision = excluded.revision`,
        rows: [[server, expiresAt, sealed, present ? 1 : 0, joinedAt, seenAt, revision]],
      };
      await db.transaction([{ statements: [row, putFact('revision', String(revision))] }]);
    },
    /** Removes a row by a change of this revision. */
    async remove(server: string, revision: number): Promise<void> {
      const removal = { sql: 'DELETE FROM directory_server WHERE server = ?', rows: [[server]] };
      await db.transaction([{ statements: [removal, putFact('revision', String(revision))] }]);
    },
    /** Those that are present are so until now. */
    seen: (now: number) => db.run('UPDATE directory_server SET seen_at = ? WHERE present = 1', [now]),
  };
}
