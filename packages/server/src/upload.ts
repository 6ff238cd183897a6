/** A log that is being given back, as statements: the rows of a live append, under a number that no room has yet. */
import type { Position } from '@parley/protocol';
import { type Checkpoint, nextDue, type RoomState } from '@parley/room';
import { addEntry, addInvitations, addLeaves, addStay, Rows, type Written } from './append.ts';
import { checkpointPut } from './store/archive.ts';
import type { Group, Statement, Value } from './store/database.ts';

/** A log as far as it was given back. */
export interface Upload {
  /** Of its rows. */
  readonly n: number;
  readonly state: RoomState;
  /** Whether this server keeps the log, and people come and go in it. */
  readonly live: boolean;
  nth: number;
  title: string;
  topic: string;
}

const sql = {
  begin: `INSERT INTO upload (n, room, term, seq, chain, nth, title, topic, touched_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  extend: `UPDATE upload SET term = ?, seq = ?, chain = ?, nth = ?, title = ?, topic = ?, touched_at = ?
    WHERE n = ? AND room IS NOT NULL AND term = ? AND seq = ?`,
  end: 'DELETE FROM upload WHERE n = ? AND room = ? AND seq = ?',
  room: `INSERT INTO room (n, id, term, seq, chain, nth, alias, title, topic, listed, archive, keep_days)
    VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, 0, ?, ?)`,
  alias: 'INSERT INTO alias (alias, room) VALUES (?, ?) ON CONFLICT DO NOTHING',
  named: `UPDATE room SET alias = ?, listed = ?
    WHERE n = ? AND EXISTS (SELECT 1 FROM alias WHERE alias.alias = ? AND alias.room = room.id)`,
  due: 'INSERT INTO due (room, at) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET at = excluded.at',
  reader: 'INSERT INTO reader (person, room) VALUES (?, ?)',
  read: 'INSERT INTO marker (person, room, seq, own) VALUES (?, ?, ?, 0)',
} as const;

/** A page, if the upload still stands at `before`; undefined for its first one. Counts the entries of `upload`. */
export function pageGroup(
  upload: Upload,
  before: Position | undefined,
  written: readonly Written[],
  leaves: ReadonlyMap<string, Uint8Array | undefined>,
  now: number,
): Group {
  const { n, state, live } = upload;
  const { id, head, chain } = state;
  const rows = new Rows();
  for (const each of written) {
    upload.nth = addEntry(rows, n, each, upload.nth);
    if (live) addStay(rows, n, each);
  }
  if (live) addInvitations(rows, n, written);
  addLeaves(rows, n, state, leaves);
  const { nth, title, topic } = upload;
  const guard = before
    ? { sql: sql.extend, args: [head.term, head.seq, chain, nth, title, topic, now, n, before.term, before.seq] }
    : { sql: sql.begin, args: [n, id, head.term, head.seq, chain, nth, title, topic, now] };
  return { guard, statements: rows.statements() };
}

/** Makes an upload the archive of somebody. */
export function archiveGroup(upload: Upload, reader: number, signed: Checkpoint): Group {
  const { n } = upload;
  const { pos } = signed;
  return {
    guard: endOf(upload, pos.seq),
    statements: [
      roomRow(upload),
      one(sql.reader, reader, n),
      one(sql.read, reader, n, pos.seq),
      checkpointPut(n, signed),
    ],
  };
}

/** Makes an upload a room again, from the new term whose first entry is already in its state. */
export function restoreGroup(upload: Upload, term: Written): Group {
  const { n, state } = upload;
  const { alias, listed, joinRule } = state.settings;
  const rows = new Rows();
  addEntry(rows, n, term, upload.nth);
  const statements = [roomRow(upload), ...rows.statements()];
  if (alias !== null) {
    const shown = listed && joinRule !== 'invite' ? 1 : 0;
    statements.push(one(sql.alias, alias, state.id), one(sql.named, alias, shown, n, alias));
  }
  const due = nextDue(state);
  if (due !== undefined) statements.push(one(sql.due, n, due));
  return { guard: endOf(upload, term.header.pos.seq - 1), statements };
}

const one = (text: string, ...row: Value[]): Statement => ({ sql: text, rows: [row] });

const endOf = ({ n, state }: Upload, seq: number): NonNullable<Group['guard']> => ({
  sql: sql.end,
  args: [n, state.id, seq],
});

function roomRow({ n, state, live, nth, title, topic }: Upload): Statement {
  const { id, head, chain } = state;
  const { retentionDays } = state.settings;
  return one(sql.room, n, id, head.term, head.seq, chain, nth, title, topic, live ? 0 : 1, retentionDays);
}
