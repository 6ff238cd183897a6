/** Where the terms of logs begin. */
import { readHeader, type TermStart } from '@parley/room';
import type { Database } from './database.ts';

export function entryTerms(db: Database) {
  return {
    /** The terms of a log after its first, ascending, as far as their entries are held. */
    async terms(room: number): Promise<TermStart[]> {
      const rows = await db.all<{ header: Uint8Array }>(
        "SELECT header FROM entry WHERE room = ? AND kind = 'term' ORDER BY seq",
        [room],
      );
      return rows.flatMap(({ header }) => {
        const { pos, what } = readHeader(header);
        return what.type === 'term' ? [{ pos, base: what.base }] : [];
      });
    },
  };
}
