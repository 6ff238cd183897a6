/** Acts of people of this server in rooms that another server keeps: each stays until its outcome is on disk. */
import { decodeCbor, encodeCbor } from '@parley/protocol';
import type { Part } from '@parley/room';
import type { Database, Statement } from './database.ts';

/** The number of an act within (room, this server), and its hash. */
export interface Stamped {
  incarnation: number;
  oseq: number;
  hash: Uint8Array;
}

export interface OutboxRow extends Stamped {
  /** Number of the person. */
  person: number;
  clientId: string;
  kind: string;
  stamp: Uint8Array;
  act: Uint8Array;
  parts: readonly Part[];
  /** Since when it waits, Unix ms. */
  at: number;
}

type Row = {
  incarnation: number;
  oseq: number;
  hash: Uint8Array;
  person: number;
  client_id: string;
  kind: string;
  stamp: Uint8Array;
  act: Uint8Array;
  parts: Uint8Array;
  at: number;
};
const columns = 'incarnation, oseq, hash, person, client_id, kind, stamp, act, parts, at';

const record = ({ client_id: clientId, parts, ...row }: Row): OutboxRow => ({
  ...row,
  clientId,
  parts: (decodeCbor(parts, 3) as [Uint8Array, Uint8Array][]).map(([salt, bytes]) => ({ salt, bytes })),
});

const insert = `INSERT INTO outbox (room, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const settle = 'DELETE FROM outbox WHERE room = ? AND incarnation = ? AND oseq = ? AND hash = ?';
const clear = 'DELETE FROM outbox WHERE room = ?';

export const outboxInsert = (room: number, rows: readonly OutboxRow[]): Statement => ({
  sql: insert,
  rows: rows.map(({ incarnation, oseq, hash, person, clientId, kind, stamp, act, parts, at }) => {
    const packed = encodeCbor(parts.map(({ salt, bytes }) => [salt, bytes]));
    return [room, incarnation, oseq, hash, person, clientId, kind, stamp, act, packed, at];
  }),
});

/** Takes away what has its outcome; a row of another hash stays. */
export const outboxSettle = (room: number, settled: readonly Stamped[]): Statement => ({
  sql: settle,
  rows: settled.map(({ incarnation, oseq, hash }) => [room, incarnation, oseq, hash]),
});

/** Takes all of a room away; for rows that are put in again under other numbers in the same transaction. */
export const outboxClear = (room: number): Statement => ({ sql: clear, rows: [[room]] });

export function outboxStore(db: Database) {
  const list = async (where: string, args: readonly (number | string)[]): Promise<OutboxRow[]> =>
    (await db.all<Row>(`SELECT ${columns} FROM outbox WHERE ${where}`, args)).map(record);
  return {
    /** The first `limit` after a number, in order. */
    after: (room: number, { incarnation, oseq }: Omit<Stamped, 'hash'>, limit: number) =>
      list('room = ? AND (incarnation, oseq) > (?, ?) ORDER BY incarnation, oseq LIMIT ?', [
        room,
        incarnation,
        oseq,
        limit,
      ]),
    async at(room: number, { incarnation, oseq }: Omit<Stamped, 'hash'>): Promise<Stamped | undefined> {
      return (await list('room = ? AND incarnation = ? AND oseq = ?', [room, incarnation, oseq]))[0];
    },
    /** The one with the highest number. */
    async last(room: number): Promise<Stamped | undefined> {
      const [row] = await list('room = ? ORDER BY incarnation DESC, oseq DESC LIMIT 1', [room]);
      return row;
    },
    async byClientId(room: number, person: number, clientId: string): Promise<OutboxRow | undefined> {
      return (await list('room = ? AND person = ? AND client_id = ?', [room, person, clientId]))[0];
    },
    async count(room: number): Promise<number> {
      const [row] = await db.all<{ n: number }>('SELECT COUNT(*) AS n FROM outbox WHERE room = ?', [room]);
      return row?.n ?? 0;
    },
    /** Ids of rooms in which something waits. */
    async rooms(): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT room.id AS id FROM room WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.room = room.n)',
      );
      return rows.map(({ id }) => id);
    },
    /** How much waits in a room, and since when, Unix ms; undefined = nothing. */
    async waiting(room: number): Promise<{ acts: number; oldestAt: number } | undefined> {
      const [row] = await db.all<{ acts: number; oldest: number | null }>(
        'SELECT COUNT(*) AS acts, MIN(at) AS oldest FROM outbox WHERE room = ?',
        [room],
      );
      return row && row.acts > 0 ? { acts: row.acts, oldestAt: row.oldest ?? 0 } : undefined;
    },
    /** How much waits in all rooms, and since when, Unix ms. */
    async total(): Promise<{ acts: number; rooms: number; oldestAt: number | undefined }> {
      const [row] = await db.all<{ acts: number; rooms: number; oldest: number | null }>(
        'SELECT COUNT(*) AS acts, COUNT(DISTINCT room) AS rooms, MIN(at) AS oldest FROM outbox',
      );
      return { acts: row?.acts ?? 0, rooms: row?.rooms ?? 0, oldestAt: row?.oldest ?? undefined };
    },
    /** The same for each server that keeps one of the rooms. */
    async totals(): Promise<{ clerk: string; acts: number; rooms: number; oldestAt: number }[]> {
      return db.all<{ clerk: string; acts: number; rooms: number; oldestAt: number }>(
        `SELECT followed.clerk AS clerk, COUNT(*) AS acts, COUNT(DISTINCT outbox.room) AS rooms, MIN(outbox.at) AS "oldestAt"
        FROM outbox JOIN followed ON followed.room = outbox.room GROUP BY followed.clerk`,
      );
    },
    add: (room: number, rows: readonly OutboxRow[]) => db.transaction([{ statements: [outboxInsert(room, rows)] }]),
    remove: (room: number, settled: readonly Stamped[]) =>
      db.transaction([{ statements: [outboxSettle(room, settled)] }]),
    /** All that waits in a room, under other numbers. */
    replace: (room: number, rows: readonly OutboxRow[], also: readonly Statement[] = []) =>
      db.transaction([{ statements: [outboxClear(room), outboxInsert(room, rows), ...also] }]),
  };
}
