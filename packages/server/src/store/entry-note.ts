/** Entries that name others: what became of messages and reactions. */
import type { Database } from './database.ts';
import { type EntryRecord, entryColumns, marks } from './entry.ts';

/** An entry that names another act, by its key. */
export type AboutRecord = EntryRecord & { target: Uint8Array };
type AboutRow = AboutRecord & Record<string, never>;

export function entryNotes(db: Database) {
  return {
    /** Whether the message or reaction that an act made was taken back. */
    async isGone(room: number, act: Uint8Array): Promise<boolean> {
      const rows = await db.all<{ seq: number }>(
        "SELECT seq FROM entry WHERE room = ? AND target = ? AND kind IN ('redact', 'unreact') LIMIT 1",
        [room, act],
      );
      return rows.length > 0;
    },
    /** The last act of a kind on another. */
    async lastOn(room: number, act: Uint8Array, kind: string): Promise<EntryRecord | undefined> {
      const rows = await db.all<EntryRecord & Record<string, never>>(
        `SELECT ${entryColumns} FROM entry WHERE room = ? AND target = ? AND kind = ? ORDER BY seq DESC LIMIT 1`,
        [room, act, kind],
      );
      return rows[0];
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
        `SELECT ${entryColumns}, target FROM entry WHERE room = ? AND target IN (${marks(acts)}) AND kind = 'react'
         AND EXISTS (SELECT 1 FROM part WHERE part.room = entry.room AND part.seq = entry.seq) ORDER BY seq LIMIT 5000`,
        [room, ...acts],
      ),
    /** Those of one person on one act. */
    reactionsOf: (room: number, act: Uint8Array, author: number) =>
      db.all<AboutRow>(
        `SELECT ${entryColumns}, target FROM entry WHERE room = ? AND target = ? AND kind = 'react' AND author = ?`,
        [room, act, author],
      ),
    /** Those of these that name another act, ascending. */
    async bySeqs(room: number, seqs: Iterable<number>): Promise<AboutRecord[]> {
      const all = [...seqs];
      if (all.length === 0) return [];
      return db.all<AboutRow>(
        `SELECT ${entryColumns}, target FROM entry WHERE room = ? AND seq IN (${marks(all)}) AND target IS NOT NULL ORDER BY seq`,
        [room, ...all],
      );
    },
  };
}
