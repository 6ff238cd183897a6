/** What accounts do not want told of them; who has no row wants nothing kept back. */
import type { PrivacyRules } from '@parley/protocol';
import type { Database } from './database.ts';

type Row = { typing: number; presence: number; receipts: number };

export const nothingHidden: PrivacyRules = { typing: true, presence: true, receipts: true };
export const allHidden: PrivacyRules = { typing: false, presence: false, receipts: false };

export function privacyStore(db: Database) {
  return {
    async get(person: number): Promise<PrivacyRules> {
      const [row] = await db.all<Row>('SELECT typing, presence, receipts FROM privacy WHERE person = ?', [person]);
      if (!row) return nothingHidden;
      return { typing: row.typing !== 0, presence: row.presence !== 0, receipts: row.receipts !== 0 };
    },
    set: (person: number, { typing, presence, receipts }: PrivacyRules) =>
      db.run(
        `INSERT INTO privacy (person, typing, presence, receipts) VALUES (?, ?, ?, ?)
         ON CONFLICT (person) DO UPDATE SET
           typing = excluded.typing, presence = excluded.presence, receipts = excluded.receipts`,
        [person, Number(typing), Number(presence), Number(receipts)],
      ),
  };
}
