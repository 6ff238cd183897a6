/** Devices and bots that may resume without a password. Tokens are kept as hashes. */
import type { Database } from './database.ts';

interface SessionRecord {
  id: string;
  person: number;
  device: string;
  createdAt: number;
  seenAt: number;
  address: string;
}
type Row = { id: string; person: number; device: string; created_at: number; seen_at: number; address: string };
const columns = 'id, person, device, created_at, seen_at, address';
const record = (row: Row): SessionRecord => ({
  id: row.id,
  person: row.person,
  device: row.device,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  address: row.address,
});

export function sessionStore(db: Database) {
  return {
    insert: (session: SessionRecord, token: Uint8Array) =>
      db.run(
        'INSERT INTO session (id, token, person, device, created_at, seen_at, address) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [session.id, token, session.person, session.device, session.createdAt, session.seenAt, session.address],
      ),
    async byToken(token: Uint8Array): Promise<SessionRecord | undefined> {
      const [row] = await db.all<Row>(`SELECT ${columns} FROM session WHERE token = ?`, [token]);
      return row && record(row);
    },
    async of(person: number): Promise<SessionRecord[]> {
      const rows = await db.all<Row>(`SELECT ${columns} FROM session WHERE person = ? ORDER BY created_at DESC`, [
        person,
      ]);
      return rows.map(record);
    },
    /** False when the session is no more. */
    seen: async (id: string, at: number, address: string): Promise<boolean> =>
      (await db.run('UPDATE session SET seen_at = ?, address = ? WHERE id = ?', [at, address, id])) === 1,
    remove: async (id: string, person: number): Promise<boolean> =>
      (await db.run('DELETE FROM session WHERE id = ? AND person = ?', [id, person])) === 1,
    removeOthers: (id: string, person: number) =>
      db.run('DELETE FROM session WHERE person = ? AND id <> ?', [person, id]),
  };
}
