/** The log: entries by seq, by date, by the act that made them, and the content beside them. */
import { hash } from 'node:crypto';
import type { Part, Range } from '@parley/room';
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
const columns = 'seq, term, at, kind, nth, author, act, header';

/** What names an act in a room: short enough for an index, and the same for a resend. */
export function actKey(user: string, clientId: string): Uint8Array {
  return fromLatin1(hash('sha256', `${user}/${clientId}`, 'latin1').slice(0, 16));
}

/** A key as text, for maps. */
export const keyText = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

export function entryStore(db: Database) {
  const list = (where: string, args: readonly (number | Uint8Array)[]): Promise<EntryRecord[]> =>
    db.all<EntryRecord & Record<string, never>>(`SELECT ${columns} FROM entry WHERE ${where}`, args);
  const shown = (rows: boolean): string => (rows ? ' AND shown = 1' : '');
  return {
    async byAct(room: number, act: Uint8Array): Promise<EntryRecord | undefined> {
      return (await list('room = ? AND act = ?', [room, act]))[0];
    },
    /** Those of these acts that stand in the log, by {@link keyText}. */
    async byActs(room: number, acts: readonly Uint8Array[]): Promise<Map<string, EntryRecord>> {
      const found = new Map<string, EntryRecord>();
      for (let at = 0; at < acts.length; at += 500) {
        const some = acts.slice(at, at + 500);
        const rows = await list(`room = ? AND act IN (${some.map(() => '?').join()})`, [room, ...some]);
        for (const row of rows) found.set(keyText(row.act), row);
      }
      return found;
    },
    /** Whether the message or reaction that an act made was taken back. */
    async isGone(room: number, act: Uint8Array): Promise<boolean> {
      const rows = await list("room = ? AND target = ? AND kind IN ('redact', 'unreact') LIMIT 1", [room, act]);
      return rows.length > 0;
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
    /** The seq of the first entry from a time on. Imported times may step back: the earliest time wins. */
    async seqAt(room: number, at: number): Promise<number | undefined> {
      const [row] = await db.all<{ seq: number }>(
        'SELECT seq FROM entry WHERE room = ? AND at >= ? ORDER BY at, seq LIMIT 1',
        [room, at],
      );
      return row?.seq;
    },
    /** Edits, redactions, reactions, pins of these acts, ascending. */
    async about(room: number, acts: readonly Uint8Array[]): Promise<(EntryRecord & { target: Uint8Array })[]> {
      if (acts.length === 0) return [];
      return db.all<EntryRecord & { target: Uint8Array } & Record<string, never>>(
        `SELECT ${columns}, target FROM entry WHERE room = ? AND target IN (${acts.map(() => '?').join()}) ORDER BY seq LIMIT 5000`,
        [room, ...acts],
      );
    },
    /** Content by `seq/i`; what was taken away is not there. */
    async parts(room: number, seqs: readonly number[]): Promise<Map<string, Part>> {
      const found = new Map<string, Part>();
      for (let at = 0; at < seqs.length; at += 500) {
        const some = seqs.slice(at, at + 500);
        const rows = await db.all<{ seq: number; i: number; salt: Uint8Array; bytes: Uint8Array }>(
          `SELECT seq, i, salt, bytes FROM part WHERE room = ? AND seq IN (${some.map(() => '?').join()})`,
          [room, ...some],
        );
        for (const { seq, i, salt, bytes } of rows) found.set(`${seq}/${i}`, { salt, bytes });
      }
      return found;
    },
    /** Entries after a place, by time, and before a time. */
    between: (room: number, after: { at: number; seq: number }, before: number, limit: number) =>
      db.all<{ at: number; seq: number }>(
        'SELECT at, seq FROM entry WHERE room = ? AND (at, seq) > (?, ?) AND at < ? ORDER BY at, seq LIMIT ?',
        [room, after.at, after.seq, before, limit],
      ),
    /** Takes away the content of entries; returns how many parts went. */
    expire: (room: number, seqs: readonly number[]) =>
      db.run(`DELETE FROM part WHERE room = ? AND seq IN (${seqs.map(() => '?').join()})`, [room, ...seqs]),
  };
}
