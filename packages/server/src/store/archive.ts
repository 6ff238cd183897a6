/**
 * Logs that are being given back, and what vouches for those that were. The rows of an upload stand under a number that
 * no room has, so nothing reads them before its last page; one without a room waits to be cleared away.
 */
import type { Position } from '@parley/protocol';
import type { Checkpoint } from '@parley/room';
import type { Database, Statement } from './database.ts';

interface UploadRecord {
  n: number;
  head: Position;
  chain: Uint8Array;
  nth: number;
  title: string;
  topic: string;
}

/** Entries taken away by one statement, so that others may write in between. */
const slice = 2_000;

export function archiveStore(db: Database) {
  return {
    async upload(room: string): Promise<UploadRecord | undefined> {
      const [row] = await db.all<Omit<UploadRecord, 'head'> & { term: number; seq: number } & Record<string, never>>(
        'SELECT n, term, seq, chain, nth, title, topic FROM upload WHERE room = ?',
        [room],
      );
      if (!row) return undefined;
      const { n, term, seq, chain, nth, title, topic } = row;
      return { n, head: { term, seq }, chain, nth, title, topic };
    },
    async uploads(): Promise<number> {
      const [row] = await db.all<{ count: number }>('SELECT count(*) AS count FROM upload WHERE room IS NOT NULL');
      return row?.count ?? 0;
    },
    /** Nobody can go on with it. */
    abandon: (n: number) => db.run('UPDATE upload SET room = NULL WHERE n = ?', [n]),
    /** Gives up those that nobody went on with since a time. */
    abandonBefore: (at: number) =>
      db.run('UPDATE upload SET room = NULL WHERE room IS NOT NULL AND touched_at < ?', [at]),
    /** Turns an archive that nobody can read any more into rows to clear away; false when somebody can. */
    bury: async (n: number): Promise<boolean> => {
      const [buried] = await db.transaction([
        {
          guard: {
            sql: `DELETE FROM room WHERE n = ? AND archive = 1
              AND NOT EXISTS (SELECT 1 FROM reader WHERE reader.room = room.n)`,
            args: [n],
          },
          statements: [
            {
              sql: `INSERT INTO upload (n, room, term, seq, chain, nth, title, topic, touched_at)
                SELECT ?, NULL, 0, coalesce(max(seq), 0), ?, 0, '', '', 0 FROM entry WHERE room = ?`,
              rows: [[n, new Uint8Array(), n]],
            },
          ],
        },
      ]);
      return buried ?? false;
    },
    /** Clears away what was abandoned. */
    async clear(): Promise<void> {
      const rows = await db.all<{ n: number; seq: number }>('SELECT n, seq FROM upload WHERE room IS NULL');
      for (const { n, seq } of rows) {
        for (let to = slice; to < seq + slice; to += slice)
          await db.transaction([{ statements: ['part', 'entry'].map((table) => below(table, n, to)) }]);
        await db.transaction([{ statements: [...derived.map((table) => all(table, n)), upload(n)] }]);
      }
    },
    async checkpoint(n: number): Promise<Checkpoint | undefined> {
      const [row] = await db.all<{
        term: number;
        seq: number;
        chain: Uint8Array;
        state: Uint8Array;
        signature: Uint8Array;
      }>('SELECT term, seq, chain, state, signature FROM checkpoint WHERE room = ?', [n]);
      if (!row) return undefined;
      const { term, seq, chain, state, signature } = row;
      return { pos: { term, seq }, chain, stateHash: state, signature };
    },
  };
}

/** The last that a clerk signed, of an archive or of a room that is followed. */
export const checkpointPut = (room: number, { pos, chain, stateHash, signature }: Checkpoint): Statement => ({
  sql: `INSERT INTO checkpoint (room, term, seq, chain, state, signature) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (room)
    DO UPDATE SET term = excluded.term, seq = excluded.seq, chain = excluded.chain, state = excluded.state,
    signature = excluded.signature`,
  rows: [[room, pos.term, pos.seq, chain, stateHash, signature]],
});

const derived = ['leaf', 'stay', 'invitation', 'due', 'marker', 'checkpoint'];
const below = (table: string, n: number, to: number): Statement => ({
  sql: `DELETE FROM ${table} WHERE room = ? AND seq <= ?`,
  rows: [[n, to]],
});
const all = (table: string, n: number): Statement => ({ sql: `DELETE FROM ${table} WHERE room = ?`, rows: [[n]] });
const upload = (n: number): Statement => ({ sql: 'DELETE FROM upload WHERE n = ?', rows: [[n]] });
