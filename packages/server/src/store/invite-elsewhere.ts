/** Invitations across servers: of people elsewhere into rooms kept here, and of people here into rooms elsewhere. */
import { decodeCbor, encodeCbor, type ForeignRoom, type NamedPerson } from '@parley/protocol';
import type { Database } from './database.ts';

/** A room of another server, and who invites into it. */
export interface InvitedView {
  room: ForeignRoom;
  by: NamedPerson;
}

export function invitesElsewhere(db: Database) {
  return {
    /** People of a server who are invited into rooms that are kept here, in order of room and person. */
    invitedOf: (server: string, after: { room: number; person: number }, limit: number) =>
      db.all<{ room: number; person: number; id: string; user: string }>(
        `SELECT invitation.room AS room, invitation.person AS person, room.id AS id, person.id AS user
        FROM invitation JOIN person ON person.n = invitation.person JOIN room ON room.n = invitation.room
        WHERE substr(person.id, 18) = ? AND (invitation.room, invitation.person) > (?, ?) AND room.archive = 0
        AND room.n NOT IN (SELECT room FROM followed) ORDER BY invitation.room, invitation.person LIMIT ?`,
        [server, after.room, after.person, limit],
      ),
    /** Whether people here are in rooms of a server. */
    async sharesRooms(server: string): Promise<boolean> {
      return (await db.all('SELECT 1 AS one FROM followed WHERE clerk = ? LIMIT 1', [server])).length > 0;
    },
    /** Keeps what another server says; false when there are too many of it, for the person, or of it for the person. */
    async putInvitation(
      { room, person, server, view }: { room: string; person: number; server: string; view: InvitedView },
      most: { mostOfServer: number; mostOfPerson: number; mostOfBoth: number },
    ): Promise<boolean> {
      const changed = await db.run(
        `INSERT INTO invited_elsewhere (room, person, server, view) SELECT ?, ?, ?, ?
        WHERE (SELECT COUNT(*) FROM invited_elsewhere WHERE server = ?) < ?
        AND (SELECT COUNT(*) FROM invited_elsewhere WHERE person = ?) < ?
        AND (SELECT COUNT(*) FROM invited_elsewhere WHERE person = ? AND server = ?) < ?
        ON CONFLICT (person, room) DO UPDATE SET server = excluded.server, view = excluded.view`,
        [
          ...[room, person, server, encodeCbor(view)],
          ...[server, most.mostOfServer, person, most.mostOfPerson, person, server, most.mostOfBoth],
        ],
      );
      return changed > 0;
    },
    async dropInvitation(room: string, person: number, server?: string): Promise<boolean> {
      const sql = 'DELETE FROM invited_elsewhere WHERE room = ? AND person = ?';
      const changed = await (server === undefined
        ? db.run(sql, [room, person])
        : db.run(`${sql} AND server = ?`, [room, person, server]));
      return changed > 0;
    },
    invitationsFrom: (server: string) =>
      db.all<{ room: string; person: number; user: string }>(
        'SELECT invited_elsewhere.room AS room, person.n AS person, person.id AS user FROM invited_elsewhere JOIN person ON person.n = invited_elsewhere.person WHERE server = ?',
        [server],
      ),
    /** What one person is invited to, on other servers. */
    async invitationsOf(person: number, limit: number): Promise<InvitedView[]> {
      const rows = await db.all<{ view: Uint8Array }>(
        'SELECT view FROM invited_elsewhere WHERE person = ? ORDER BY room LIMIT ?',
        [person, limit],
      );
      return rows.map(({ view }) => decodeCbor(view, 5) as InvitedView);
    },
    async invitation(person: number, room: string): Promise<InvitedView | undefined> {
      const [row] = await db.all<{ view: Uint8Array }>(
        'SELECT view FROM invited_elsewhere WHERE person = ? AND room = ?',
        [person, room],
      );
      return row && (decodeCbor(row.view, 5) as InvitedView);
    },
  };
}
