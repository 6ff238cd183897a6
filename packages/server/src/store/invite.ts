/** Invites to this server. */
import type { Database } from './database.ts';

interface InviteRecord {
  code: string;
  usesLeft: number;
  expiresAt: number;
  createdAt: number;
}
type Row = { code: string; uses_left: number; expires_at: number; created_at: number };

export function inviteStore(db: Database) {
  return {
    insert: ({ code, usesLeft, expiresAt, createdAt }: InviteRecord) =>
      db.run('INSERT INTO invite (code, uses_left, expires_at, created_at) VALUES (?, ?, ?, ?)', [
        code,
        usesLeft,
        expiresAt,
        createdAt,
      ]),
    async usable(now: number, limit: number): Promise<InviteRecord[]> {
      const rows = await db.all<Row>(
        'SELECT code, uses_left, expires_at, created_at FROM invite WHERE uses_left > 0 AND expires_at > ? ORDER BY created_at DESC LIMIT ?',
        [now, limit],
      );
      return rows.map((row) => ({
        code: row.code,
        usesLeft: row.uses_left,
        expiresAt: row.expires_at,
        createdAt: row.created_at,
      }));
    },
    /** Takes one use; false when there is none left. */
    use: async (code: string, now: number): Promise<boolean> =>
      (await db.run('UPDATE invite SET uses_left = uses_left - 1 WHERE code = ? AND uses_left > 0 AND expires_at > ?', [
        code,
        now,
      ])) === 1,
    giveBack: (code: string) => db.run('UPDATE invite SET uses_left = uses_left + 1 WHERE code = ?', [code]),
    remove: async (code: string): Promise<boolean> => (await db.run('DELETE FROM invite WHERE code = ?', [code])) === 1,
  };
}
