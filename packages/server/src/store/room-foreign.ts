/** Rooms across servers: where the logs of others begin here, and the chain in those that are kept here. */
import type { Database, Statement } from './database.ts';

export interface FollowedRecord {
  clerk: string;
  /** Of the first entry that is held. */
  seq: number;
  /** Before that entry. */
  chain: Uint8Array;
}

export const putFollowed = (room: number, { clerk, seq, chain }: FollowedRecord): Statement => ({
  sql: 'INSERT INTO followed (room, clerk, seq, chain) VALUES (?, ?, ?, ?) ON CONFLICT (room) DO UPDATE SET clerk = excluded.clerk, seq = excluded.seq, chain = excluded.chain',
  rows: [[room, clerk, seq, chain]],
});

/** Acts of this server in a room go on above an incarnation. */
export const giveUp = (room: number, incarnation: number): Statement => ({
  sql: 'UPDATE followed SET given_up = ? WHERE room = ? AND given_up < ?',
  rows: [[incarnation, room, incarnation]],
});

export function foreignRooms(db: Database) {
  return {
    async followed(room: number): Promise<FollowedRecord | undefined> {
      const [row] = await db.all<{ clerk: string; seq: number; chain: Uint8Array }>(
        'SELECT clerk, seq, chain FROM followed WHERE room = ?',
        [room],
      );
      return row;
    },
    /** The highest incarnation of this server in a room that was given up; -1 for none. */
    async givenUp(room: number): Promise<number> {
      const [row] = await db.all<{ incarnation: number }>(
        'SELECT given_up AS incarnation FROM followed WHERE room = ?',
        [room],
      );
      return row?.incarnation ?? -1;
    },
    /** Servers that keep rooms which this one follows. */
    async clerks(): Promise<string[]> {
      const rows = await db.all<{ clerk: string }>('SELECT DISTINCT clerk FROM followed', []);
      return rows.map(({ clerk }) => clerk);
    },
    /** Rooms that a server keeps and this one follows, with the end of what is held, by id. */
    async ofClerk(clerk: string, after: string, limit: number): Promise<{ id: string; term: number; seq: number }[]> {
      return db.all<{ id: string; term: number; seq: number }>(
        'SELECT room.id AS id, room.term AS term, room.seq AS seq FROM followed JOIN room ON room.n = followed.room WHERE followed.clerk = ? AND room.id > ? ORDER BY room.id LIMIT ?',
        [clerk, after, limit],
      );
    },
    async mark(room: number, seq: number): Promise<Uint8Array | undefined> {
      const [row] = await db.all<{ chain: Uint8Array }>('SELECT chain FROM chain_mark WHERE room = ? AND seq = ?', [
        room,
        seq,
      ]);
      return row?.chain;
    },
    /** The last one up to a place. */
    async lastMark(room: number, seq: number): Promise<{ seq: number; chain: Uint8Array } | undefined> {
      const [row] = await db.all<{ seq: number; chain: Uint8Array }>(
        'SELECT seq, chain FROM chain_mark WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
        [room, seq],
      );
      return row;
    },
    putMark: (room: number, seq: number, chain: Uint8Array) =>
      db.run('INSERT INTO chain_mark (room, seq, chain) VALUES (?, ?, ?) ON CONFLICT (room, seq) DO NOTHING', [
        room,
        seq,
        chain,
      ]),
  };
}
