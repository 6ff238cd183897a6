/** The end of an account, in two steps, so that what a crash broke off is found again. */
import type { Database } from './database.ts';
import { type PersonRecord, type PersonRow, personColumns, personRecord } from './user.ts';

export function personErasure(db: Database) {
  return {
    /** Nobody can sign in as the person any more. What they wrote is taken away next; see {@link closed}. */
    close: (n: number) =>
      db.transaction([
        {
          statements: [
            { sql: "UPDATE person SET password = NULL, server_role = 'user', erased = 2 WHERE n = ?", rows: [[n]] },
            { sql: 'DELETE FROM person_key WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM session WHERE person = ?', rows: [[n]] },
          ],
        },
      ]),
    /** People who are closed and not erased yet. */
    async closed(): Promise<PersonRecord[]> {
      const rows = await db.all<PersonRow>(`SELECT ${personColumns} FROM person WHERE erased = 2`);
      return rows.map(personRecord);
    },
    /** The label stays taken, so that nobody can pass for the person; all else goes. */
    erase: (n: number, name: string) =>
      db.transaction([
        {
          statements: [
            { sql: 'UPDATE person SET name = ?, display = NULL, erased = 1 WHERE n = ?', rows: [[name, n]] },
            { sql: 'DELETE FROM marker WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM privacy WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM mention WHERE person = ?', rows: [[n]] },
            { sql: 'DELETE FROM reader WHERE person = ?', rows: [[n]] },
          ],
        },
      ]),
  };
}
