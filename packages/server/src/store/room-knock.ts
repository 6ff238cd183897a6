/** People of this server who ask to be let into rooms of other servers, until those say what came of it. */
import { decodeCbor, encodeCbor, type ForeignRoom } from '@parley/protocol';
import type { Database } from './database.ts';

export interface KnockRecord {
  room: ForeignRoom;
  /** Number of the person. */
  person: number;
}

export function knocksElsewhere(db: Database) {
  const read = (view: Uint8Array): ForeignRoom => decodeCbor(view, 5) as ForeignRoom;
  return {
    putKnock: ({ room, person }: KnockRecord) =>
      db.run(
        `INSERT INTO knock_elsewhere (room, person, server, view) VALUES (?, ?, ?, ?)
         ON CONFLICT (person, room) DO UPDATE SET server = excluded.server, view = excluded.view`,
        [room.id, person, room.clerk, encodeCbor(room)],
      ),
    /** Of the server that keeps the room, where that is given. False where there was none. */
    async dropKnock(room: string, person: number, server?: string): Promise<boolean> {
      const sql = 'DELETE FROM knock_elsewhere WHERE room = ? AND person = ?';
      const changed = await (server === undefined
        ? db.run(sql, [room, person])
        : db.run(`${sql} AND server = ?`, [room, person, server]));
      return changed > 0;
    },
    async knock(person: number, room: string): Promise<ForeignRoom | undefined> {
      const [row] = await db.all<{ view: Uint8Array }>(
        'SELECT view FROM knock_elsewhere WHERE person = ? AND room = ?',
        [person, room],
      );
      return row && read(row.view);
    },
    async knocksOf(person: number): Promise<ForeignRoom[]> {
      const rows = await db.all<{ view: Uint8Array }>(
        'SELECT view FROM knock_elsewhere WHERE person = ? ORDER BY room',
        [person],
      );
      return rows.map(({ view }) => read(view));
    },
    /** All that wait for the word of one server. */
    knocksAt: (server: string) =>
      db.all<{ room: string; person: number; user: string }>(
        `SELECT knock_elsewhere.room AS room, person.n AS person, person.id AS user
         FROM knock_elsewhere JOIN person ON person.n = knock_elsewhere.person WHERE server = ?`,
        [server],
      ),
    /** People of another server who ask to be let into rooms that are kept here. */
    knockingFrom: (server: string, limit: number) =>
      db.all<{ room: string; user: string }>(
        `SELECT room.id AS room, person.id AS user
         FROM knock JOIN person ON person.n = knock.person JOIN room ON room.n = knock.room
         WHERE substr(person.id, 18) = ? AND room.archive = 0 AND room.n NOT IN (SELECT room FROM followed) LIMIT ?`,
        [server, limit],
      ),
  };
}
