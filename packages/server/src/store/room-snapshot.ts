/** The rows of another server's room as it is entered: its state, without the history. */
import { serverOf } from '@parley/protocol';
import { allKeys, type Checkpoint, leafOf, pairOf, type RoomState } from '@parley/room';
import { checkpointPut } from './archive.ts';
import type { Group, Statement, Value } from './database.ts';
import { putFollowed } from './room-foreign.ts';

export interface Snapshot {
  /** The room's number here: that of earlier rows, if there are any. */
  n: number;
  state: RoomState;
  title: string;
  topic: string;
  /** Numbers of people by id. */
  numbers: ReadonlyMap<string, number>;
  /** This server. */
  here: string;
  /** The last entry that is held of the same log; undefined for a room that is new here. */
  held: number | undefined;
  /** The clerk's word for it. */
  checkpoint: Checkpoint;
}

const sql = {
  room: `INSERT INTO room (n, id, term, seq, chain, nth, alias, title, topic, listed, archive, keep_days)
    VALUES (?, ?, ?, ?, ?, 0, NULL, ?, ?, 0, 0, ?) ON CONFLICT (n) DO UPDATE SET term = excluded.term,
    seq = excluded.seq, chain = excluded.chain, title = excluded.title, topic = excluded.topic,
    keep_days = excluded.keep_days`,
  clear: 'DELETE FROM leaf WHERE room = ?',
  // Of an earlier stay: what was taken away since is not said; what may still be read comes back with its entries.
  forget: 'DELETE FROM part WHERE room = ?',
  leaf: 'INSERT INTO leaf (room, key, value) VALUES (?, ?, ?)',
  // Who went since, and who went and came again: until when they were in is in entries that are not held.
  close: 'UPDATE stay SET until = CASE WHEN since > ? THEN since ELSE ? END WHERE room = ? AND until IS NULL',
  stay: `INSERT INTO stay (person, room, since, until) VALUES (?, ?, ?, NULL)
    ON CONFLICT (person, room, since) DO UPDATE SET until = NULL`,
  uninvite: 'DELETE FROM invitation WHERE room = ?',
  invitation: 'INSERT INTO invitation (person, room) VALUES (?, ?)',
  direct: 'INSERT INTO direct (room, pair) VALUES (?, ?) ON CONFLICT (room) DO NOTHING',
  unask: 'DELETE FROM knock WHERE room = ?',
  knock: 'INSERT INTO knock (person, room) VALUES (?, ?)',
  // Who was in all the time goes on where they were.
  marker: `INSERT INTO marker (person, room, seq, own) SELECT ?, ?, ?, 0
    WHERE NOT EXISTS (SELECT 1 FROM stay JOIN marker AS own ON own.person = stay.person AND own.room = stay.room
      WHERE stay.person = ? AND stay.room = ? AND stay.since = ? AND stay.until IS NULL)
    ON CONFLICT (person, room) DO UPDATE SET seq = excluded.seq, own = 0`,
} as const;

export function snapshotGroup({ n, state, title, topic, numbers, here, held, checkpoint }: Snapshot): Group {
  const { id, head, chain, clerk, settings, creator, direct } = state;
  const own = (users: Iterable<string>): number[] =>
    [...users].flatMap((user) => (serverOf(user) === here ? (numbers.get(user) ?? []) : []));
  const leaves = [...allKeys(state)].flatMap((key): Value[][] => {
    const value = leafOf(state, key);
    return value ? [[n, key, value]] : [];
  });
  const since = new Map([...state.members].map(([user, member]) => [numbers.get(user), member.since]));
  const members = own(state.members.keys()).map((person) => ({ person, since: since.get(person) ?? head.seq }));
  const statements: Statement[] = [
    { sql: sql.room, rows: [[n, id, head.term, head.seq, chain, title, topic, settings.retentionDays]] },
    { sql: sql.clear, rows: [[n]] },
    { sql: sql.forget, rows: [[n]] },
    { sql: sql.leaf, rows: leaves },
    { sql: sql.direct, rows: direct === undefined ? [] : [[n, pairOf(creator, direct)]] },
    putFollowed(n, { clerk, seq: head.seq + 1, chain }),
    checkpointPut(n, checkpoint),
    { sql: sql.marker, rows: members.map(({ person, since }) => [person, n, head.seq, person, n, since]) },
    { sql: sql.close, rows: held === undefined ? [] : [[held, held, n]] },
    { sql: sql.stay, rows: members.map(({ person, since }) => [person, n, since]) },
    { sql: sql.uninvite, rows: [[n]] },
    { sql: sql.invitation, rows: own(state.invited.keys()).map((person) => [person, n]) },
    { sql: sql.unask, rows: [[n]] },
    { sql: sql.knock, rows: own(state.knocking.keys()).map((person) => [person, n]) },
  ];
  return { statements: statements.filter(({ rows }) => rows.length > 0) };
}

/** Takes away what is held of a room after `seq`: it is not in its log any more. Before the room is taken as it stands. */
export const setAside = (room: number, seq: number): Statement[] => [
  ...asides.map((text) => ({ sql: text, rows: [[room, seq]] })),
  { sql: 'UPDATE marker SET seq = ?, own = 0 WHERE room = ? AND seq > ?', rows: [[seq, room, seq]] },
];

const asides = [
  'DELETE FROM entry WHERE room = ? AND seq > ?',
  'DELETE FROM part WHERE room = ? AND seq > ?',
  'DELETE FROM mention WHERE room = ? AND seq > ?',
  'DELETE FROM stay WHERE room = ? AND since > ?',
  'UPDATE stay SET until = NULL WHERE room = ? AND until > ?',
];

/** Takes away all that is held of a room. */
export const forgetRoom = (room: number): Statement[] =>
  [...tables.map((table) => `DELETE FROM ${table} WHERE room = ?`), 'DELETE FROM room WHERE n = ?'].map((text) => ({
    sql: text,
    rows: [[room]],
  }));

const tables = [
  ...['entry', 'part', 'leaf', 'stay', 'marker', 'mention', 'invitation', 'knock'],
  ...['outbox', 'followed', 'checkpoint', 'chain_mark', 'direct'],
];
