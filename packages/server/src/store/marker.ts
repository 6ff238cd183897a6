/**
 * Read markers, and what is unread behind them. Countable entries are numbered (`nth`), so counting costs two look-ups.
 * One's own messages do not count: each moves the marker to itself, so there are some behind it only after it was set
 * back, and then their number (`own`) is kept with it.
 */
import type { Database } from './database.ts';

export interface Unread {
  marker: number;
  unread: number;
  mentions: number;
}

/** How far behind a marker that was set back one's own messages are looked for: 10 ms of reading. */
const ownWithin = 10_000;

export function markerStore(db: Database) {
  const read = async (person: number, room: number): Promise<{ seq: number; own: number }> => {
    const [row] = await db.all<{ seq: number; own: number }>(
      'SELECT seq, own FROM marker WHERE person = ? AND room = ?',
      [person, room],
    );
    return row ?? { seq: 0, own: 0 };
  };
  /** Of rooms of other servers the first entries may not be here: what is here counts from its first. */
  const nthBeforeAll = async (room: number): Promise<number> => {
    const [first] = await db.all<{ nth: number; kind: string }>(
      'SELECT nth, kind FROM entry WHERE room = ? ORDER BY seq LIMIT 1',
      [room],
    );
    return first ? first.nth - (first.kind === 'message' ? 1 : 0) : 0;
  };
  return {
    async get(person: number, room: number, headNth: number): Promise<Unread> {
      const { seq: marker, own } = await read(person, room);
      const [before] = await db.all<{ nth: number }>(
        'SELECT nth FROM entry WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
        [room, marker],
      );
      const [mentions] = await db.all<{ count: number }>(
        'SELECT count(*) AS count FROM mention WHERE person = ? AND room = ? AND seq > ?',
        [person, room, marker],
      );
      const nth = before?.nth ?? (await nthBeforeAll(room));
      return { marker, unread: Math.max(0, headNth - nth - own), mentions: mentions?.count ?? 0 };
    },
    /** Where the markers of these people stand, by their numbers, without those who do not let it be told. */
    async told(room: number, people: readonly number[]): Promise<Map<number, number>> {
      if (people.length === 0) return new Map();
      const rows = await db.all<{ person: number; seq: number }>(
        `SELECT person, seq FROM marker WHERE room = ? AND person IN (${people.map(() => '?').join()})
         AND NOT EXISTS (SELECT 1 FROM privacy WHERE privacy.person = marker.person AND receipts = 0)`,
        [room, ...people],
      );
      return new Map(rows.map(({ person, seq }) => [person, seq]));
    },
    /** One's own messages are counted where the marker moves: one may be on its way to the disk. */
    async set(person: number, room: number, seq: number): Promise<void> {
      await db.run(
        `INSERT INTO marker (person, room, seq, own) VALUES (?, ?, ?, 0)
         ON CONFLICT (person, room) DO UPDATE SET seq = excluded.seq, own = CASE
           WHEN excluded.seq >= marker.seq AND marker.own = 0 THEN 0
           ELSE (SELECT count(*) FROM entry WHERE entry.room = excluded.room AND entry.seq > excluded.seq
             AND entry.seq <= excluded.seq + ${ownWithin} AND author = excluded.person AND kind = 'message') END`,
        [person, room, seq],
      );
    },
  };
}
