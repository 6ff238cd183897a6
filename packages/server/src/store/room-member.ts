/** Who is in which room, was or is invited, and who reads which archive. */
import type { Range } from '@parley/room';
import type { Database } from './database.ts';

export function roomMembers(db: Database) {
  return {
    /** Ids of the rooms in which somebody is a member, or whose archive they may read. */
    async of(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        `SELECT id FROM room WHERE n IN (SELECT room FROM stay WHERE person = ? AND until IS NULL)
         OR n IN (SELECT room FROM reader WHERE person = ?) ORDER BY id`,
        [person, person],
      );
      return rows.map(({ id }) => id);
    },
    /** Ids of the rooms in which somebody is or was. */
    async everOf(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE archive = 0 AND n IN (SELECT room FROM stay WHERE person = ?)',
        [person],
      );
      return rows.map(({ id }) => id);
    },
    /** The archives that somebody may read. */
    archivesOf: (person: number) =>
      db.all<{ n: number; id: string }>(
        'SELECT n, id FROM room WHERE archive = 1 AND n IN (SELECT room FROM reader WHERE person = ?)',
        [person],
      ),
    /** Ids of the rooms that somebody asks to be let into. */
    async knocks(person: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE archive = 0 AND n IN (SELECT room FROM knock WHERE person = ?) ORDER BY id',
        [person],
      );
      return rows.map(({ id }) => id);
    },
    async invitations(person: number, limit: number): Promise<string[]> {
      const rows = await db.all<{ id: string }>(
        'SELECT id FROM room WHERE archive = 0 AND n IN (SELECT room FROM invitation WHERE person = ?) ORDER BY id LIMIT ?',
        [person, limit],
      );
      return rows.map(({ id }) => id);
    },
    /** When somebody was a member, ascending; the present stay is open. */
    async stays(person: number, room: number): Promise<Range[]> {
      const rows = await db.all<{ since: number; until: number | null }>(
        'SELECT since, until FROM stay WHERE person = ? AND room = ? ORDER BY since',
        [person, room],
      );
      return rows.map(({ since, until }) => ({ from: since, to: until ?? Number.MAX_SAFE_INTEGER }));
    },
    async isReader(person: number, room: number): Promise<boolean> {
      const rows = await db.all<{ person: number }>('SELECT person FROM reader WHERE person = ? AND room = ?', [
        person,
        room,
      ]);
      return rows.length > 0;
    },
    addReader: async (person: number, room: number): Promise<boolean> =>
      (await db.run('INSERT INTO reader (person, room) VALUES (?, ?) ON CONFLICT (person, room) DO NOTHING', [
        person,
        room,
      ])) === 1,
    dropReader: (person: number, room: number) =>
      db.run('DELETE FROM reader WHERE person = ? AND room = ?', [person, room]),
  };
}
