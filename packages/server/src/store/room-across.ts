/** Rooms that span servers, for operators. */
import type { Database } from './database.ts';

/** A room that spans servers. */
export interface AcrossRecord {
  n: number;
  id: string;
  alias: string | null;
  title: string;
  seq: number;
  clerk: string;
}

export function roomsAcross(db: Database) {
  return {
    /**
     * Rooms that span servers: those followed, and those kept here in which people of other servers did something;
     * archives aside, by id.
     */
    async across(own: string, after: string, limit: number): Promise<AcrossRecord[]> {
      const rows = await db.all<Omit<AcrossRecord, 'clerk'> & { clerk: string | null }>(
        `SELECT room.n AS n, room.id AS id, room.alias AS alias, room.title AS title, room.seq AS seq, followed.clerk AS clerk
        FROM room LEFT JOIN followed ON followed.room = room.n WHERE room.id > ? AND room.archive = 0 AND (
          followed.room IS NOT NULL OR EXISTS (SELECT 1 FROM leaf
            WHERE leaf.room = room.n AND key > 'origin/' AND key < 'origin0' AND key <> 'origin/' || ?)
        ) ORDER BY room.id LIMIT ?`,
        [after, own, limit],
      );
      return rows.map((row) => ({ ...row, clerk: row.clerk ?? own }));
    },
    /** The servers of a room's members. */
    async serversIn(room: number): Promise<string[]> {
      const rows = await db.all<{ server: string }>(
        `SELECT DISTINCT substr(key, 25) AS server FROM leaf WHERE room = ? AND key > 'member/' AND key < 'member0'`,
        [room],
      );
      return rows.map(({ server }) => server);
    },
  };
}
