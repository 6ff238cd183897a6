/** Where people of other servers are and were, in rooms that are kept here. */
import type { Range } from '@parley/room';
import type { Database } from './database.ts';

export function roomStays(db: Database) {
  return {
    /** When people of a server were members, ascending by their coming. */
    async staysOf(room: number, server: string): Promise<Range[]> {
      const rows = await db.all<{ since: number; until: number | null }>(
        'SELECT stay.since AS since, stay.until AS until FROM stay JOIN person ON person.n = stay.person WHERE stay.room = ? AND substr(person.id, 18) = ? ORDER BY stay.since',
        [room, server],
      );
      return rows.map(({ since, until }) => ({ from: since, to: until ?? Number.MAX_SAFE_INTEGER }));
    },
    /**
     * Rooms kept here in which people of a server are now, by number, each with the earliest coming of one of them: its
     * seq and its header.
     */
    sharedWith: (server: string, after: number, limit: number) =>
      db.all<{ n: number; id: string; since: number; header: Uint8Array }>(
        `SELECT shared.n AS n, room.id AS id, shared.since AS since, entry.header AS header FROM (
          SELECT stay.room AS n, MIN(stay.since) AS since FROM person JOIN stay ON stay.person = person.n
          WHERE substr(person.id, 18) = ? AND stay.until IS NULL AND stay.room > ? GROUP BY stay.room
        ) AS shared JOIN room ON room.n = shared.n JOIN entry ON entry.room = shared.n AND entry.seq = shared.since
        WHERE room.archive = 0 AND shared.n NOT IN (SELECT room FROM followed) ORDER BY shared.n LIMIT ?`,
        [server, after, limit],
      ),
    /** The servers of a room's members until when each had one: the last seq at which one of its people was in. */
    async lastStay(room: number, server: string): Promise<number | undefined> {
      const [row] = await db.all<{ until: number | null }>(
        'SELECT MAX(stay.until) AS until FROM stay JOIN person ON person.n = stay.person WHERE stay.room = ? AND substr(person.id, 18) = ?',
        [room, server],
      );
      return row?.until ?? undefined;
    },
  };
}
