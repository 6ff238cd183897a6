/** Rooms: the head row, the leaves of the state, who is in, names. */
import { decodeCbor, type Position } from '@parley/protocol';
import type { Database } from './database.ts';

interface RoomRecord {
  n: number;
  id: string;
  head: Position;
  chain: Uint8Array;
  /** How many countable entries there are. */
  nth: number;
  /** The name that it has on this server: the settings may name one that is another room's here. */
  alias: string | null;
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
  alias: string | null;
  title: string;
  topic: string;
  archive: number;
};
const columns = 'n, id, term, seq, chain, nth, alias, title, topic, archive';
const record = (row: Row): RoomRecord => ({
  n: row.n,
  id: row.id,
  head: { term: row.term, seq: row.seq },
  chain: row.chain,
  nth: row.nth,
  alias: row.alias,
  title: row.title,
  topic: row.topic,
  archive: row.archive === 1,
});

/** A room that keeps content for some days; 0 = not at all. */
export interface KeepingRoom {
  n: number;
  id: string;
  days: number;
}
type KeepingRow = { n: number; id: string; days: number };
const keepingColumns = 'n, id, keep_days AS days';

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
    async idOf(n: number): Promise<string | undefined> {
      const [row] = await db.all<{ id: string }>('SELECT id FROM room WHERE n = ?', [n]);
      return row?.id;
    },
    async byAlias(alias: string): Promise<string | undefined> {
      const [row] = await db.all<{ room: string }>('SELECT room FROM alias WHERE alias = ?', [alias]);
      return row?.room;
    },
    /** Ids of the direct rooms of two people, ascending, whether or not they are in them still. */
    async direct(pair: string, limit: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE archive = 0 AND n IN (SELECT room FROM direct WHERE pair = ?) ORDER BY id LIMIT ?',
        [pair, limit],
      );
      return rows.map(({ id }) => id);
    },
    /** Neither of the two can come back into it. */
    forgetDirect: (id: string) => db.run('DELETE FROM direct WHERE room = (SELECT n FROM room WHERE id = ?)', [id]),
    /** Ids of listed rooms by alias, from after `after`. */
    async listed(query: string, after: string, limit: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        `SELECT id FROM room WHERE listed = 1 AND alias > ? AND (? = '' OR instr(alias, ?) > 0) ORDER BY alias LIMIT ?`,
        [after, query, query, limit],
      );
      return rows.map(({ id }) => id);
    },
    /** Rooms in which something ends by itself, with the time. */
    async due(): Promise<{ id: string; at: number }[]> {
      return db.all<{ id: string; at: number }>(
        'SELECT room.id AS id, due.at AS at FROM due JOIN room ON room.n = due.room WHERE room.archive = 0 AND room.n NOT IN (SELECT room FROM followed)',
      );
    },
    /** Rooms that do not keep content for ever. */
    keeping: () => db.all<KeepingRow>(`SELECT ${keepingColumns} FROM room WHERE keep_days IS NOT NULL AND archive = 0`),
    async keepingOf(id: string): Promise<KeepingRoom | undefined> {
      const [row] = await db.all<KeepingRow>(
        `SELECT ${keepingColumns} FROM room WHERE id = ? AND keep_days IS NOT NULL AND archive = 0`,
        [id],
      );
      return row;
    },
    /** The seqs of the entries that hold the present title and topic. */
    async info(n: number): Promise<number[]> {
      const [row] = await db.all<{ value: Uint8Array }>("SELECT value FROM leaf WHERE room = ? AND key = 'info'", [n]);
      return row ? (decodeCbor(row.value, 1) as number[]) : [];
    },
  };
}
