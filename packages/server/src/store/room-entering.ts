/** People who are on their way into rooms of other servers. */
import type { Database } from './database.ts';

export interface EnteringRecord {
  room: string;
  /** Number of the person. */
  person: number;
  /** The server that is asked; the clerk, once it is known. */
  server: string;
  clientId: string;
  change: 'join' | 'knock' | 'withdraw' | 'decline';
}
type Row = { room: string; person: number; server: string; client_id: string; change: EnteringRecord['change'] };

export function roomEntering(db: Database) {
  return {
    async entering(): Promise<EnteringRecord[]> {
      const rows = await db.all<Row>('SELECT room, person, server, client_id, change FROM entering');
      return rows.map(({ client_id: clientId, ...row }) => ({ ...row, clientId }));
    },
    putEntering: ({ room, person, server, clientId, change }: EnteringRecord) =>
      db.run(
        'INSERT INTO entering (room, person, server, client_id, change) VALUES (?, ?, ?, ?, ?) ON CONFLICT (room, person) DO UPDATE SET server = excluded.server, client_id = excluded.client_id, change = excluded.change',
        [room, person, server, clientId, change],
      ),
    /** Those that a server would have to be asked for. */
    dropEnteringOf: (server: string) => db.run('DELETE FROM entering WHERE server = ?', [server]),
    /** Unless the person wants something else there by now. */
    dropEntering: ({ room, person, change }: Pick<EnteringRecord, 'room' | 'person' | 'change'>) =>
      db.run('DELETE FROM entering WHERE room = ? AND person = ? AND change = ?', [room, person, change]),
    /** The clerk is another server: what is wanted by now stays. */
    moveEntering: ({ room, person, change }: Pick<EnteringRecord, 'room' | 'person' | 'change'>, server: string) =>
      db.run('UPDATE entering SET server = ? WHERE room = ? AND person = ? AND change = ?', [
        server,
        room,
        person,
        change,
      ]),
    /** What somebody wants of a room, if it is not done yet. */
    async wish(room: string, person: number): Promise<EnteringRecord | undefined> {
      const [row] = await db.all<Row>(
        'SELECT room, person, server, client_id, change FROM entering WHERE room = ? AND person = ?',
        [room, person],
      );
      if (!row) return undefined;
      const { client_id: clientId, ...rest } = row;
      return { ...rest, clientId };
    },
  };
}
