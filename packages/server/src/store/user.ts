/** People whom this server knows: its accounts, guests who spoke, bots, and authors of imported chats. */
import type { Person } from '@parley/protocol';
import type { Database } from './database.ts';

type PersonKind = Person['kind'];
type ServerRole = 'owner' | 'admin' | 'user';

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

export type PersonRow = {
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
export const personColumns = 'n, id, name, display, kind, server_role, password, created_at, erased';
export const personRecord = (row: PersonRow): PersonRecord => ({
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
    const [row] = await db.all<PersonRow>(`SELECT ${personColumns} FROM person WHERE ${where}`, args);
    return row && personRecord(row);
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
        const rows = await db.all<PersonRow & { label: string }>(
          `SELECT ${personColumns}, label FROM person WHERE label IN (${some.map(() => '?').join()})`,
          some,
        );
        for (const row of rows) found.set(row.label, personRecord(row));
      }
      return found;
    },
    byKey: (key: Uint8Array) => one('n = (SELECT person FROM person_key WHERE key = ?)', key),
    async many(ids: readonly string[]): Promise<PersonRecord[]> {
      if (ids.length === 0) return [];
      const rows = await db.all<PersonRow>(
        `SELECT ${personColumns} FROM person WHERE id IN (${ids.map(() => '?').join()})`,
        ids,
      );
      return rows.map(personRecord);
    },

    /** People of this server, not imported ones, whose name begins with `prefix`, by name. */
    async find(prefix: string, limit: number): Promise<PersonRecord[]> {
      const from = nameLabel(prefix);
      const rows = await db.all<PersonRow>(
        `SELECT ${personColumns} FROM person WHERE label >= ? AND label < ? AND erased = 0 ORDER BY label LIMIT ?`,
        [from, `${from}\u{10ffff}`, limit],
      );
      return rows.map(personRecord);
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
    rename: (n: number, name: string, display: string | null) =>
      db.run('UPDATE person SET name = ?, display = ? WHERE n = ?', [name, display, n]),
    setPassword: (n: number, password: string) => db.run('UPDATE person SET password = ? WHERE n = ?', [password, n]),
    setServerRole: (n: number, role: ServerRole) => db.run('UPDATE person SET server_role = ? WHERE n = ?', [role, n]),
  };
}
