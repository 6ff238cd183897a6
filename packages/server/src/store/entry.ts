/** The log: entries by seq, by date, by the act that made them. */
import { hash } from 'node:crypto';
import type { Range } from '@parley/room';
import { fromLatin1 } from '../crypto.ts';
import type { Database } from './database.ts';

export interface EntryRecord {
  seq: number;
  term: number;
  at: number;
  kind: string;
  nth: number;
  author: number;
  act: Uint8Array;
  header: Uint8Array;
}
export const entryColumns = 'seq, term, at, kind, nth, author, act, header';

/**
 * What names an act in a room, as a text of sixteen bytes: short enough for an index, and the same for a resend. It
 * begins like the clientId: those that begin with a time stand together in the index, so a commit touches few pages.
 */
export function actName(user: string, clientId: string): string {
  const digest = hash('sha256', `${user}/${clientId}`, 'latin1');
  return clientId.slice(0, 6).padEnd(6) + digest.slice(0, 10);
}

/** The same as it is stored. */
export const actKey = (user: string, clientId: string): Uint8Array => keyOf(actName(user, clientId));
export const keyOf = (name: string): Uint8Array => fromLatin1(name);

/** Placeholders for a list. */
export const marks = (values: readonly unknown[]): string => values.map(() => '?').join();

/** A key as text, for maps: the name again. */
export const keyText = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

/** For how many keys a statement is prepared: others are filled up. */
const sizes = [1, 4, 16, 64, 128, 256, 512];

export function entryStore(db: Database) {
  const list = (where: string, args: readonly (number | Uint8Array)[]): Promise<EntryRecord[]> =>
    db.all<EntryRecord & Record<string, never>>(`SELECT ${entryColumns} FROM entry WHERE ${where}`, args);
  const shown = (rows: boolean): string => (rows ? ' AND shown = 1' : '');
  return {
    async byAct(room: number, act: Uint8Array): Promise<EntryRecord | undefined> {
      return (await list('room = ? AND act = ?', [room, act]))[0];
    },
    /** Those of these acts that stand in the log, by {@link keyText}. */
    async byActs(room: number, acts: readonly Uint8Array[]): Promise<Map<string, EntryRecord>> {
      const found = new Map<string, EntryRecord>();
      for (let at = 0; at < acts.length; at += 512) {
        const some = acts.slice(at, at + 512);
        const size = sizes.find((fits) => fits >= some.length)!;
        const padded = [...some, ...Array.from({ length: size - some.length }, () => some[0]!)];
        const rows = await list(`room = ? AND act IN (${marks(padded)})`, [room, ...padded]);
        for (const row of rows) found.set(keyText(row.act), row);
      }
      return found;
    },
    async bySeq(room: number, seq: number): Promise<EntryRecord | undefined> {
      return (await list('room = ? AND seq = ?', [room, seq]))[0];
    },
    /** The first `limit` entries of a range, ascending. */
    forwards: (room: number, range: Range, limit: number, rows: boolean) =>
      list(`room = ? AND seq >= ? AND seq <= ?${shown(rows)} ORDER BY seq LIMIT ?`, [
        room,
        range.from,
        range.to,
        limit,
      ]),
    /** The last `limit` entries of a range, descending. */
    backwards: (room: number, range: Range, limit: number, rows: boolean) =>
      list(`room = ? AND seq >= ? AND seq <= ?${shown(rows)} ORDER BY seq DESC LIMIT ?`, [
        room,
        range.from,
        range.to,
        limit,
      ]),
    /** When these were appended, by seq. */
    async times(room: number, seqs: readonly number[]): Promise<Map<number, number>> {
      const found = new Map<number, number>();
      for (let at = 0; at < seqs.length; at += 500) {
        const some = seqs.slice(at, at + 500);
        const rows = await db.all<{ seq: number; at: number }>(
          `SELECT seq, at FROM entry WHERE room = ? AND seq IN (${marks(some)})`,
          [room, ...some],
        );
        for (const row of rows) found.set(row.seq, row.at);
      }
      return found;
    },
    /** The seq of the first entry from a time on. Imported times may step back: the earliest time wins. */
    async seqAt(room: number, at: number): Promise<number | undefined> {
      const [row] = await db.all<{ seq: number }>(
        'SELECT seq FROM entry WHERE room = ? AND at >= ? ORDER BY at, seq LIMIT 1',
        [room, at],
      );
      return row?.seq;
    },
    /** Entries after a place, by time, and before a time. */
    between: (room: number, after: { at: number; seq: number }, before: number, limit: number) =>
      db.all<{ at: number; seq: number }>(
        'SELECT at, seq FROM entry WHERE room = ? AND (at, seq) > (?, ?) AND at < ? ORDER BY at, seq LIMIT ?',
        [room, after.at, after.seq, before, limit],
      ),
  };
}
