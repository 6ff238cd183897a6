/** Rooms: the head row, the leaves of the state, who is in, names. */
import type { Position } from '@parley/protocol';
import type { Range } from '@parley/room';
import type { Database } from './database.ts';

export interface RoomRecord {
  n: number;
  id: string;
  head: Position;
  chain: Uint8Array;
  /** How many countable entries there are. */
  nth: number;
  title: string;
  topic: string;
  archive: boolean;
}
type Row = {
  n: number;
  id: string;
  term: number;
  seq: number;
  chain: Uint8Array;
  nth: number;
  title: string;
  topic: string;
  archive: number;
};
const columns = 'n, id, term, seq, chain, nth, title, topic, archive';
const record = (row: Row): RoomRecord => ({
  n: row.n,
  id: row.id,
  head: { term: row.term, seq: row.seq },
  chain: row.chain,
  nth: row.nth,
  title: row.title,
  topic: row.topic,
  archive: row.archive === 1,
});

export function roomStore(db: Database) {
  return {
    async byId(id: string): Promise<RoomRecord | undefined> {
      const [row] = await db.all<Row>(`SELECT ${columns} FROM room WHERE id = ?`, [id]);
      return row && record(row);
    },
    async leaves(n: number): Promise<[string, Uint8Array][]> {
      const rows = await db.all<{ key: string; value: Uint8Array }>('SELECT key, value FROM leaf WHERE room = ?', [n]);
      return rows.map(({ key, value }) => [key, value]);
    },
    async leaf(n: number, key: string): Promise<Uint8Array | undefined> {
      const [row] = await db.all<{ value: Uint8Array }>('SELECT value FROM leaf WHERE room = ? AND key = ?', [n, key]);
      return row?.value;
    },
    async byAlias(alias: string): Promise<string | undefined> {
      const [row] = await db.all<{ room: string }>('SELECT room FROM alias WHERE alias = ?', [alias]);
      return row?.room;
    },
    /** False when the name belongs to another room. */
    takeAlias: async (alias: string, room: string): Promise<boolean> =>
      (await db.run(
        'INSERT INTO alias (alias, room) VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET room = excluded.room WHERE alias.room = excluded.room',
        [alias, room],
      )) === 1,
    dropAlias: (alias: string, room: string) => db.run('DELETE FROM alias WHERE alias = ? AND room = ?', [alias, room]),

    /** Takes away what a crash left of rooms that were being made and of names that were being changed. */
    sweep: () =>
      db.transaction([
        {
          statements: [
            { sql: 'DELETE FROM room WHERE seq = 0', rows: [[]] },
            {
              sql: `DELETE FROM alias WHERE NOT EXISTS (
                SELECT 1 FROM room WHERE room.id = alias.room AND room.alias = alias.alias)`,
              rows: [[]],
            },
          ],
        },
      ]),

    /** Ids of listed rooms by alias, from after `after`. */
    async listed(query: string, after: string, limit: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        `SELECT id FROM room WHERE listed = 1 AND alias > ? AND (? = '' OR instr(alias, ?) > 0) ORDER BY alias LIMIT ?`,
        [after, query, query, limit],
      );
      return rows.map(({ id }) => id);
    },
    /** Ids of the rooms in which somebody is a member, or whose archive they may read. */
    async of(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        `SELECT id FROM room WHERE n IN (SELECT room FROM stay WHERE person = ? AND until IS NULL)
         OR n IN (SELECT room FROM reader WHERE person = ?) ORDER BY id`,
        [person, person],
      );
      return rows.map(({ id }) => id);
    },
    /** Ids of the rooms in which somebody is or was. */
    async everOf(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE archive = 0 AND n IN (SELECT room FROM stay WHERE person = ?)',
        [person],
      );
      return rows.map(({ id }) => id);
    },
    async invitations(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE n IN (SELECT room FROM invitation WHERE person = ?) ORDER BY id',
        [person],
      );
      return rows.map(({ id }) => id);
    },
    /** When somebody was a member, ascending; the present stay is open. */
    async stays(person: number, room: number): Promise<Range[]> {
      const rows = await db.all<{ since: number; until: number | null }>(
        'SELECT since, until FROM stay WHERE person = ? AND room = ? ORDER BY since',
        [person, room],
      );
      return rows.map(({ since, until }) => ({ from: since, to: until ?? Number.MAX_SAFE_INTEGER }));
    },
    async isReader(person: number, room: number): Promise<boolean> {
      const rows = await db.all<{ person: number }>('SELECT person FROM reader WHERE person = ? AND room = ?', [
        person,
        room,
      ]);
      return rows.length > 0;
    },
    dropReader: (person: number, room: number) =>
      db.run('DELETE FROM reader WHERE person = ? AND room = ?', [person, room]),
    /** Rooms in which something ends by itself, with the time. */
    async due(): Promise<{ id: string; at: number }[]> {
      return db.all<{ id: string; at: number }>(
        'SELECT room.id AS id, due.at AS at FROM due JOIN room ON room.n = due.room',
      );
    },
    /** Rooms that keep content for a number of days: their settings say how many. */
    async all(): Promise<string[]> {
      const rows = await db.all<{ id: string }>('SELECT id FROM room ORDER BY id');
      return rows.map(({ id }) => id);
    },
  };
}
