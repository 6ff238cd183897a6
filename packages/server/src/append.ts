/** One room's new entries as statements of the transaction that stores them, with everything that is derived from them. */
import type { MemberChange } from '@parley/protocol';
import { type Header, nameOf, nextDue, type Part, pairOf, type RoomState } from '@parley/room';
import { actOf, counts, shownRow } from './entry-view.ts';
import type { Group, Statement, Value } from './store/database.ts';
import { actKey, actName, keyOf } from './store/entry.ts';

/** An entry that `room.step` made, with what the server knows beside it. */
export interface Written {
  header: Header;
  headerBytes: Uint8Array;
  /** Content to keep; empty in rooms that keep nothing, null where it was taken away. */
  parts: readonly (Part | null)[];
  /** The first part decoded, for the readers. */
  body: unknown;
  /** What names its act, where it is known already. */
  name?: string;
  /** Numbers of people: 0 = the clerk. */
  author: number;
  subject?: number;
  mentioned: readonly number[];
  /** How many there are after it, where it says who is a member. */
  members?: number;
}

/** An entry that the clerk made by itself. */
export const clerksOwn = (made: Pick<Written, 'header' | 'headerBytes'>): Written => ({
  ...made,
  parts: [],
  body: undefined,
  author: 0,
  mentioned: [],
});

interface RoomWrite {
  n: number;
  state: RoomState;
  /** After the last of the entries: the state may be ahead of them. */
  chain: Uint8Array;
  /** The name of the room, and the one that it had: null for none. */
  alias: string | null;
  aliasBefore: string | null;
  title: string;
  topic: string;
  before: { term: number; seq: number; nth: number };
  written: readonly Written[];
  leaves: ReadonlyMap<string, Uint8Array | undefined>;
}

/** Rows by statement, in the order in which the statements must run. */
export class Rows {
  readonly #rows = new Map<string, Value[][]>();
  add(sql: string, ...row: Value[]): void {
    const rows = this.#rows.get(sql);
    if (rows) rows.push(row);
    else this.#rows.set(sql, [row]);
  }
  statements(): Statement[] {
    return order.flatMap((sql) => {
      const rows = this.#rows.get(sql);
      return rows ? [{ sql, rows }] : [];
    });
  }
}

const sql = {
  unalias: 'DELETE FROM alias WHERE room = ?',
  // Fails where another room has the name.
  alias: 'INSERT INTO alias (alias, room) VALUES (?, ?)',
  head: 'UPDATE room SET term = ?, seq = ?, chain = ?, nth = ? WHERE n = ? AND term = ? AND seq = ?',
  names: 'UPDATE room SET alias = ?, title = ?, topic = ?, listed = ?, keep_days = ? WHERE n = ?',
  entry:
    'INSERT INTO entry (room, seq, term, at, kind, shown, nth, author, act, target, header) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  part: 'INSERT INTO part (room, seq, i, salt, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (room, seq, i) DO NOTHING',
  leafPut:
    'INSERT INTO leaf (room, key, value) VALUES (?, ?, ?) ON CONFLICT (room, key) DO UPDATE SET value = excluded.value',
  leafDrop: 'DELETE FROM leaf WHERE room = ? AND key = ?',
  stay: 'INSERT INTO stay (person, room, since, until) VALUES (?, ?, ?, NULL)',
  leave: 'UPDATE stay SET until = ? WHERE person = ? AND room = ? AND until IS NULL AND since <= ?',
  invited: 'INSERT INTO invitation (person, room) VALUES (?, ?) ON CONFLICT (person, room) DO NOTHING',
  uninvited: 'DELETE FROM invitation WHERE person = ? AND room = ?',
  knocking: 'INSERT INTO knock (person, room) VALUES (?, ?) ON CONFLICT (person, room) DO NOTHING',
  notKnocking: 'DELETE FROM knock WHERE person = ? AND room = ?',
  mention: 'INSERT INTO mention (person, room, seq) VALUES (?, ?, ?) ON CONFLICT (person, room, seq) DO NOTHING',
  marker: `INSERT INTO marker (person, room, seq, own) VALUES (?, ?, ?, 0) ON CONFLICT (person, room) DO UPDATE SET
    seq = CASE WHEN excluded.seq > marker.seq THEN excluded.seq ELSE marker.seq END,
    own = CASE WHEN excluded.seq > marker.seq THEN 0 ELSE marker.own END`,
  redactEdits:
    "DELETE FROM part WHERE room = ? AND seq IN (SELECT seq FROM entry WHERE room = ? AND target = ? AND kind = 'edit')",
  redact: 'DELETE FROM part WHERE room = ? AND seq IN (SELECT seq FROM entry WHERE room = ? AND act = ?)',
  erase: `DELETE FROM part WHERE room = ? AND seq IN (
    SELECT seq FROM entry WHERE room = ? AND author = ? AND seq < ? AND kind NOT IN ('create', 'settings'))`,
  eraseEdits: `DELETE FROM part WHERE room = ? AND seq IN (
    SELECT edit.seq FROM entry AS said JOIN entry AS edit ON edit.room = said.room AND edit.target = said.act
    WHERE said.room = ? AND said.author = ? AND said.kind = 'message' AND edit.kind = 'edit')`,
  direct: 'INSERT INTO direct (room, pair) VALUES (?, ?)',
  // Nobody can come back into a room that both have left.
  notDirect: 'DELETE FROM direct WHERE room = ?',
  due: 'INSERT INTO due (room, at) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET at = excluded.at',
  notDue: 'DELETE FROM due WHERE room = ?',
} as const;
const make = `INSERT INTO room (n, id, term, seq, chain, nth, alias, title, topic, listed, archive)
  VALUES (?, ?, ?, ?, ?, ?, NULL, '', '', 0, 0) ON CONFLICT DO NOTHING`;
const order: readonly string[] = Object.values(sql);

/** The group that appends all of `write`, if nobody else has appended meanwhile. */
export function appendGroup(write: RoomWrite): Group {
  const { n, state, before, leaves, chain } = write;
  const rows = new Rows();
  const markers = new Map<number, number>();
  let nth = before.nth;
  for (const written of write.written) {
    nth = addEntry(rows, n, written, nth);
    addStay(rows, n, written);
    const kind = actOf(written.header)?.kind;
    if (kind === 'message' && written.author !== 0 && written.header.what.type === 'envelope')
      markers.set(written.author, written.header.pos.seq);
  }
  for (const [person, seq] of markers) rows.add(sql.marker, person, n, seq);
  addInvitations(rows, n, write.written);
  addLeaves(rows, n, state, leaves);
  if (before.seq === 0 && state.direct !== undefined) rows.add(sql.direct, n, pairOf(state.creator, state.direct));
  else if (state.direct !== undefined && state.members.size + state.invited.size === 0) rows.add(sql.notDirect, n);
  if (leaves.has('settings') || leaves.has('info') || write.alias !== write.aliasBefore) {
    const { listed, joinRule, retentionDays } = state.settings;
    rows.add(
      sql.names,
      write.alias,
      write.title,
      write.topic,
      write.alias !== null && listed && joinRule !== 'invite' ? 1 : 0,
      retentionDays,
      n,
    );
  }
  if (write.alias !== write.aliasBefore) {
    rows.add(sql.unalias, state.id);
    if (write.alias !== null) rows.add(sql.alias, write.alias, state.id);
  }
  const head = write.written.at(-1)!.header.pos;
  const now = [head.term, head.seq, chain, nth];
  const guard =
    before.seq === 0
      ? { sql: make, args: [n, state.id, ...now] }
      : { sql: sql.head, args: [...now, n, before.term, before.seq] };
  return { guard, statements: rows.statements() };
}

/** What changed of the state, and when something in it ends by itself. */
export function addLeaves(rows: Rows, n: number, state: RoomState, leaves: RoomWrite['leaves']): void {
  let due = false;
  for (const [key, value] of leaves) {
    if (value) rows.add(sql.leafPut, n, key, value);
    else rows.add(sql.leafDrop, n, key);
    due ||= key.startsWith('~due/');
  }
  if (!due) return;
  const at = nextDue(state);
  if (at === undefined) rows.add(sql.notDue, n);
  else rows.add(sql.due, n, at);
}

/** The `nth` after these entries. */
export function nthAfter(nth: number, written: readonly Written[]): number {
  let after = nth;
  for (const { header } of written) if (counts(header)) after += 1;
  return after;
}

/** Content of an entry, which may be there already. */
export function putParts(rows: Rows, n: number, seq: number, parts: readonly (Part | null)[]): void {
  parts.forEach((part, i) => {
    if (part) rows.add(sql.part, n, seq, i, part.salt, part.bytes);
  });
}

/** The entry and what it takes away of earlier ones; returns the `nth` after it. */
export function addEntry(rows: Rows, n: number, written: Written, nth: number): number {
  const { header, headerBytes, parts } = written;
  const { term, seq } = header.pos;
  const act = actOf(header);
  const kind = act?.kind ?? header.what.type;
  const after = counts(header) ? nth + 1 : nth;
  const used = nameOf(header.what);
  const name = written.name ?? (used ? actName(used.user, used.clientId) : actName('', `pos:${term}:${seq}`));
  const target = act?.target ? actKey(act.target.user, act.target.clientId) : null;
  rows.add(
    sql.entry,
    n,
    seq,
    term,
    header.at,
    kind,
    shownRow(kind) ? 1 : 0,
    after,
    written.author,
    keyOf(name),
    target,
    headerBytes,
  );
  putParts(rows, n, seq, parts);
  for (const person of written.mentioned) rows.add(sql.mention, person, n, seq);
  if (kind === 'redact' && target) {
    rows.add(sql.redact, n, n, target);
    rows.add(sql.redactEdits, n, n, target);
  }
  if (kind === 'unreact' && target) rows.add(sql.redact, n, n, target);
  if (kind === 'erase' && written.subject !== undefined) {
    rows.add(sql.erase, n, n, written.subject, seq);
    rows.add(sql.eraseEdits, n, n, written.subject);
  }
  return after;
}

/** Since when people are in, and until when. */
export function addStay(rows: Rows, n: number, written: Written): void {
  const { author, subject, header } = written;
  const { seq } = header.pos;
  const change = changeOf(written);
  if (actOf(header)?.kind === 'create') rows.add(sql.stay, author, n, seq);
  if (subject === undefined) return;
  if (change === 'join') {
    rows.add(sql.stay, subject, n, seq);
    // What was said before somebody came is not unread to them.
    rows.add(sql.marker, subject, n, seq);
  }
  if (change === 'leave' || change === 'kick' || change === 'ban') rows.add(sql.leave, seq, subject, n, seq);
}

/** Who is invited or asks after these entries: of one person only the last counts, for rows of one statement run together. */
export function addInvitations(rows: Rows, n: number, all: readonly Written[]): void {
  const last = new Map<number, MemberChange>();
  for (const written of all) {
    const change = changeOf(written);
    if (change && written.subject !== undefined) last.set(written.subject, change);
  }
  for (const [person, change] of last) {
    rows.add(change === 'invite' ? sql.invited : sql.uninvited, person, n);
    rows.add(change === 'knock' ? sql.knocking : sql.notKnocking, person, n);
  }
}

function changeOf({ header }: Written): MemberChange | undefined {
  const act = actOf(header);
  return act?.kind === 'member' ? (act.data as { change: MemberChange }).change : undefined;
}
