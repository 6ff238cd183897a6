/** Rooms that another server keeps: where their logs begin here, and who is on the way in. */
import { decodeCbor, encodeCbor, type ForeignRoom, type NamedPerson } from '@parley/protocol';
import type { Range } from '@parley/room';
import type { Database, Statement } from './database.ts';

export interface FollowedRecord {
  clerk: string;
  /** Of the first entry that is held. */
  seq: number;
  /** Before that entry. */
  chain: Uint8Array;
}

/** A room of another server, and who invites into it. */
export interface InvitedView {
  room: ForeignRoom;
  by: NamedPerson;
}

export interface EnteringRecord {
  room: string;
  /** Number of the person. */
  person: number;
  /** The server that is asked; the clerk, once it is known. */
  server: string;
  clientId: string;
  change: 'join' | 'knock' | 'decline';
}
type Row = { room: string; person: number; server: string; client_id: string; change: EnteringRecord['change'] };

export const putFollowed = (room: number, { clerk, seq, chain }: FollowedRecord): Statement => ({
  sql: 'INSERT INTO followed (room, clerk, seq, chain) VALUES (?, ?, ?, ?) ON CONFLICT (room) DO UPDATE SET clerk = excluded.clerk, seq = excluded.seq, chain = excluded.chain',
  rows: [[room, clerk, seq, chain]],
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
    /** Rooms that a server keeps and this one follows, with the end of what is held, by id. */
    async ofClerk(clerk: string, after: string, limit: number): Promise<{ id: string; term: number; seq: number }[]> {
      return db.all<{ id: string; term: number; seq: number }>(
        'SELECT room.id AS id, room.term AS term, room.seq AS seq FROM followed JOIN room ON room.n = followed.room WHERE followed.clerk = ? AND room.id > ? ORDER BY room.id LIMIT ?',
        [clerk, after, limit],
      );
    },
    /** When people of a server were members, ascending by their coming. */
    async staysOf(room: number, server: string): Promise<Range[]> {
      const rows = await db.all<{ since: number; until: number | null }>(
        'SELECT stay.since AS since, stay.until AS until FROM stay JOIN person ON person.n = stay.person WHERE stay.room = ? AND substr(person.id, 18) = ? ORDER BY stay.since',
        [room, server],
      );
      return rows.map(({ since, until }) => ({ from: since, to: until ?? Number.MAX_SAFE_INTEGER }));
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
    /** People of a server who are invited into rooms that are kept here, in order of room and person. */
    invitedOf: (server: string, after: { room: number; person: number }, limit: number) =>
      db.all<{ room: number; person: number; id: string; user: string }>(
        `SELECT invitation.room AS room, invitation.person AS person, room.id AS id, person.id AS user
        FROM invitation JOIN person ON person.n = invitation.person JOIN room ON room.n = invitation.room
        WHERE substr(person.id, 18) = ? AND (invitation.room, invitation.person) > (?, ?) AND room.archive = 0
        AND room.n NOT IN (SELECT room FROM followed) ORDER BY invitation.room, invitation.person LIMIT ?`,
        [server, after.room, after.person, limit],
      ),
    /** Keeps what another server says; false when there are too many of it or for the person. */
    async putInvitation(
      { room, person, server, view }: { room: string; person: number; server: string; view: InvitedView },
      most: { mostOfServer: number; mostOfPerson: number },
    ): Promise<boolean> {
      const changed = await db.run(
        `INSERT INTO invited_elsewhere (room, person, server, view) SELECT ?, ?, ?, ?
        WHERE (SELECT COUNT(*) FROM invited_elsewhere WHERE server = ?) < ?
        AND (SELECT COUNT(*) FROM invited_elsewhere WHERE person = ?) < ?
        ON CONFLICT (person, room) DO UPDATE SET server = excluded.server, view = excluded.view`,
        [room, person, server, encodeCbor(view), server, most.mostOfServer, person, most.mostOfPerson],
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
    async entering(): Promise<EnteringRecord[]> {
      const rows = await db.all<Row>('SELECT room, person, server, client_id, change FROM entering');
      return rows.map(({ client_id: clientId, ...row }) => ({ ...row, clientId }));
    },
    putEntering: ({ room, person, server, clientId, change }: EnteringRecord) =>
      db.run(
        'INSERT INTO entering (room, person, server, client_id, change) VALUES (?, ?, ?, ?, ?) ON CONFLICT (room, person) DO UPDATE SET server = excluded.server, client_id = excluded.client_id, change = excluded.change',
        [room, person, server, clientId, change],
      ),
    dropEntering: (room: string, person: number) =>
      db.run('DELETE FROM entering WHERE room = ? AND person = ?', [room, person]),
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
