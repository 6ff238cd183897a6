/** The content beside the log. */
import type { Part } from '@parley/room';
import type { Database } from './database.ts';
import { marks } from './entry.ts';

export function entryParts(db: Database) {
  return {
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
    /** Takes away the content of entries; returns how many parts went. */
    async expire(room: number, seqs: readonly number[]): Promise<number> {
      if (seqs.length === 0) return 0;
      return db.run(`DELETE FROM part WHERE room = ? AND seq IN (${marks(seqs)})`, [room, ...seqs]);
    },
  };
}
