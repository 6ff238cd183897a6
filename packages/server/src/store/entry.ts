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

/** An entry that names another act, by its key. */
export type AboutRecord = EntryRecord & { target: Uint8Array };
type AboutRow = AboutRecord & Record<string, never>;

const marks = (values: readonly unknown[]): string => values.map(() => '?').join();

/** A key as text, for maps: the name again. */
export const keyText = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

/** For how many keys a statement is prepared: others are filled up. */
const sizes = [1, 8, 64, 512];

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
      for (let at = 0; at < acts.length; at += 512) {
        const some = acts.slice(at, at + 512);
        const size = sizes.find((fits) => fits >= some.length)!;
        const padded = [...some, ...Array.from({ length: size - some.length }, () => some[0]!)];
        const rows = await list(`room = ? AND act IN (${marks(padded)})`, [room, ...padded]);
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
    /** Edits and redactions of these acts, newest first. */
    changes: (room: number, acts: readonly Uint8Array[]) =>
      db.all<{ seq: number; target: Uint8Array; kind: string }>(
        `SELECT seq, target, kind FROM entry WHERE room = ? AND target IN (${marks(acts)}) AND kind IN ('edit', 'redact')
         ORDER BY seq DESC LIMIT 20000`,
        [room, ...acts],
      ),
    /** Reactions on these acts that were not taken back, ascending. */
    reactions: (room: number, acts: readonly Uint8Array[]) =>
      db.all<AboutRow>(
        `SELECT ${columns}, target FROM entry WHERE room = ? AND target IN (${marks(acts)}) AND kind = 'react'
         AND EXISTS (SELECT 1 FROM part WHERE part.room = entry.room AND part.seq = entry.seq) ORDER BY seq LIMIT 5000`,
        [room, ...acts],
      ),
    /** Those of one person on one act. */
    reactionsOf: (room: number, act: Uint8Array, author: number) =>
      list("room = ? AND target = ? AND kind = 'react' AND author = ?", [room, act, author]),
    /** Those of these that name another act, ascending. */
    async bySeqs(room: number, seqs: Iterable<number>): Promise<AboutRecord[]> {
      const all = [...seqs];
      if (all.length === 0) return [];
      return db.all<AboutRow>(
        `SELECT ${columns}, target FROM entry WHERE room = ? AND seq IN (${marks(all)}) AND target IS NOT NULL ORDER BY seq`,
        [room, ...all],
      );
    },
    /** Content by `seq/i`; what was taken away is not there. */
    async parts(room: number, seqs: readonly number[]): Promise<Map<string, Part>> {
      const found = new Map<string, Part>();
      for (let at = 0; at < seqs.length; at += 500) {
        const some = seqs.slice(at, at + 500);
        const rows = await db.all<{ seq: number; i: number; salt: Uint8Array; bytes: Uint8Array }>(
          `SELECT seq, i, salt, bytes FROM part WHERE room = ? AND seq IN (${marks(some)})`,
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
      db.run(`DELETE FROM part WHERE room = ? AND seq IN (${marks(seqs)})`, [room, ...seqs]),
  };
}
