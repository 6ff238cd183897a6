/** People whom this server knows: its accounts, guests who spoke, bots, and authors of imported chats. */
import type { Person } from '@parley/protocol';
import type { Database } from './database.ts';

export type PersonKind = Person['kind'];
export type ServerRole = 'owner' | 'admin' | 'user';

export interface PersonRecord {
  n: number;
  id: string;
  name: string;
  display: string | null;
  kind: PersonKind;
  serverRole: ServerRole;
  password: string | null;
  createdAt: number;
  erased: boolean;
}
export interface KeyRecord {
  key: Uint8Array;
  label: string;
  createdAt: number;
}

type Row = {
  n: number;
  id: string;
  name: string;
  display: string | null;
  kind: PersonKind;
  server_role: ServerRole;
  password: string | null;
  created_at: number;
  erased: number;
};
const columns = 'n, id, name, display, kind, server_role, password, created_at, erased';
const record = (row: Row): PersonRecord => ({
  n: row.n,
  id: row.id,
  name: row.name,
  display: row.display,
  kind: row.kind,
  serverRole: row.server_role,
  password: row.password,
  createdAt: row.created_at,
  erased: row.erased !== 0,
});

/** Accounts and guests share one set of names; imported authors have one for each chat they come from. */
export const nameLabel = (name: string): string => `@${name}`;
export const importLabel = (room: string, author: string): string => `import/${room}/${author}`;

/** Of people whom this server knows from logs alone. */
export const logLabel = (id: string): string => `log/${id}`;

const insert = `INSERT INTO person (n, id, label, name, display, kind, server_role, password, created_at, erased)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`;

function insertRow(person: PersonRecord, label: string): (string | number | null)[] {
  const { n, id, name, display, kind, serverRole, password, createdAt } = person;
  return [n, id, label, name, display, kind, serverRole, password, createdAt];
}

export function personStore(db: Database) {
  const one = async (where: string, ...args: (string | number | Uint8Array)[]): Promise<PersonRecord | undefined> => {
    const [row] = await db.all<Row>(`SELECT ${columns} FROM person WHERE ${where}`, args);
    return row && record(row);
  };
  return {
    byId: (id: string) => one('id = ?', id),
    byNumber: (n: number) => one('n = ?', n),
    byLabel: (label: string) => one('label = ?', label),
    /** By label; those that nobody has are left out. */
    async byLabels(labels: readonly string[]): Promise<Map<string, PersonRecord>> {
      const found = new Map<string, PersonRecord>();
      for (let at = 0; at < labels.length; at += 500) {
        const some = labels.slice(at, at + 500);
        const rows = await db.all<Row & { label: string }>(
          `SELECT ${columns}, label FROM person WHERE label IN (${some.map(() => '?').join()})`,
          some,
        );
        for (const row of rows) found.set(row.label, record(row));
      }
      return found;
    },
    byKey: (key: Uint8Array) => one('n = (SELECT person FROM person_key WHERE key = ?)', key),

    async many(ids: readonly string[]): Promise<PersonRecord[]> {
      if (ids.length === 0) return [];
      const rows = await db.all<Row>(`SELECT ${columns} FROM person WHERE id IN (${ids.map(() => '?').join()})`, ids);
      return rows.map(record);
    },

    /** People of this server, not imported ones, whose name begins with `prefix`, by name. */
    async find(prefix: string, limit: number): Promise<PersonRecord[]> {
      const from = nameLabel(prefix);
      const rows = await db.all<Row>(
        `SELECT ${columns} FROM person WHERE label >= ? AND label < ? AND erased = 0 ORDER BY label LIMIT ?`,
        [from, `${from}\u{10ffff}`, limit],
      );
      return rows.map(record);
    },

    async hasOwner(): Promise<boolean> {
      const rows = await db.all<{ n: number }>("SELECT n FROM person WHERE server_role = 'owner' LIMIT 1");
      return rows.length > 0;
    },

    /** False when the id, number or label is taken. */
    async insert(person: PersonRecord, label: string): Promise<boolean> {
      return (await db.run(insert, insertRow(person, label))) === 1;
    },
    /** Those whose id, number and label are free. */
    insertAll: (people: readonly { person: PersonRecord; label: string }[]) =>
      db.transaction([
        {
          statements: [
            {
              sql: insert,
              rows: people.map(({ person, label }) => insertRow(person, label)),
            },
          ],
        },
      ]),
    setDisplay: (n: number, display: string) => db.run('UPDATE person SET display = ? WHERE n = ?', [display, n]),
    setPassword: (n: number, password: string) => db.run('UPDATE person SET password = ? WHERE n = ?', [password, n]),
    setServerRole: (n: number, role: ServerRole) => db.run('UPDATE person SET server_role = ? WHERE n = ?', [role, n]),

    /** Nobody can sign in as the person any more. What they wrote is taken away next; see {@link closed}. */
    close: (n: number) =>
      db.transaction([
        {
          statements: [
            { sql: "UPDATE person SET password = NULL, server_role = 'user', erased = 2 WHERE n = ?", rows: [[n]] },
            { sql: 'DELETE FROM person_key WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM session WHERE person = ?', rows: [[n]] },
          ],
        },
      ]),
    /** People who are closed and not erased yet. */
    async closed(): Promise<PersonRecord[]> {
      const rows = await db.all<Row>(`SELECT ${columns} FROM person WHERE erased = 2`);
      return rows.map(record);
    },
    /** The label stays taken, so that nobody can pass for the person; all else goes. */
    erase: (n: number, name: string) =>
      db.transaction([
        {
          statements: [
            { sql: 'UPDATE person SET name = ?, display = NULL, erased = 1 WHERE n = ?', rows: [[name, n]] },
            { sql: 'DELETE FROM marker WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM mention WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM reader WHERE person = ?', rows: [[n]] },
          ],
        },
      ]),

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
