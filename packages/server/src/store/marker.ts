/** Read markers, and what is unread behind them. Countable entries are numbered (`nth`), so counting costs two look-ups. */
import type { Database } from './database.ts';

export interface Unread {
  marker: number;
  unread: number;
  mentions: number;
}

export function markerStore(db: Database) {
  return {
    async get(person: number, room: number, headNth: number): Promise<Unread> {
      const [row] = await db.all<{ seq: number }>('SELECT seq FROM marker WHERE person = ? AND room = ?', [
        person,
        room,
      ]);
      const marker = row?.seq ?? 0;
      const [before] = await db.all<{ nth: number }>(
        'SELECT nth FROM entry WHERE room = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
        [room, marker],
      );
      const [mentions] = await db.all<{ count: number }>(
        'SELECT count(*) AS count FROM mention WHERE person = ? AND room = ? AND seq > ?',
        [person, room, marker],
      );
      return { marker, unread: Math.max(0, headNth - (before?.nth ?? 0)), mentions: mentions?.count ?? 0 };
    },
    set: (person: number, room: number, seq: number) =>
      db.run(
        'INSERT INTO marker (person, room, seq) VALUES (?, ?, ?) ON CONFLICT (person, room) DO UPDATE SET seq = excluded.seq',
        [person, room, seq],
      ),
  };
}
