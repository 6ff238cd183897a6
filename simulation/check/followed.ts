// What must hold on the disks of several servers at any moment: what a server holds of another one's rooms is what stands
// in the log of their clerk (S1), says what follows from it (S12), and holds nothing that its people may not read (S8).
import assert from 'node:assert/strict';
import { type HistoryRule, type MemberChange, serverOf } from '@parley/protocol';
import { equalBytes, follow, leafOf, matches, type RoomState, snapshotLeaves } from '@parley/room';
import type { Home } from '../home.ts';
import { crypto, type EntryRow, partsOf, type RoomLog } from '../log.ts';
import { checkDisk, checkWords } from './disk.ts';
import { checkOutbox, type Waiting } from './outbox.ts';

/** A room on a server that follows it. */
export interface Followed {
  n: number;
  id: string;
  home: Home;
  /** The log of its clerk. */
  log: RoomLog;
  /** The last seq that is held. */
  seq: number;
  held: EntryRow[];
  /** Acts of its people that wait for the clerk. */
  waiting: Waiting[];
}

type RoomRow = {
  n: number;
  id: string;
  term: number;
  seq: number;
  chain: Uint8Array;
  title: string;
  topic: string;
  alias: string | null;
  clerk: string;
  from: number;
};

/** Reads and checks the disks of all servers; the logs that clerks keep, and what others hold of them. */
export async function checkDisks(homes: readonly Home[]): Promise<{ logs: RoomLog[]; followed: Followed[] }> {
  const logs: RoomLog[] = [];
  for (const { name, disk } of homes) logs.push(...(await where(name, checkDisk(disk))));
  const byId = new Map(logs.map((log) => [log.id, log]));
  const followed: Followed[] = [];
  const clerks = new Set(homes.map(({ id }) => id));
  for (const home of homes) followed.push(...(await where(home.name, checkFollowed(home, byId, clerks))));
  return { logs, followed };
}

const where = <T>(name: string, checked: Promise<T>): Promise<T> =>
  checked.catch((error) => {
    throw new Error(`on the disk of ${name}`, { cause: error });
  });

/** Rooms of others than these clerks, which may lie, are left out. */
async function checkFollowed(
  home: Home,
  logs: ReadonlyMap<string, RoomLog>,
  clerks: ReadonlySet<string>,
): Promise<Followed[]> {
  const rows = await home.disk.rows<RoomRow>(
    'SELECT room.*, followed.clerk AS clerk, followed.seq AS "from" FROM followed JOIN room ON room.n = followed.room ORDER BY id',
  );
  const all: Followed[] = [];
  for (const row of rows) {
    const log = logs.get(row.id);
    if (!log && !clerks.has(row.clerk)) continue;
    assert.ok(log, `${row.id} is followed and no server keeps it`);
    assert.equal(log.state.clerk, row.clerk, `${row.id} is followed at another server than its clerk`);
    const held = await home.disk.rows<EntryRow & Record<string, never>>(
      'SELECT * FROM entry WHERE room = ? ORDER BY seq',
      [row.n],
    );
    const followed = { n: row.n, id: row.id, home, log, seq: row.seq, held, waiting: [] };
    checkHead(followed, row);
    await checkEntries(followed, row.from);
    await checkState(followed, row);
    all.push({ ...followed, waiting: await checkOutbox(followed) });
  }
  return all;
}

function checkHead({ id, log }: Followed, row: RoomRow): void {
  const stands = log.entries[row.seq - 1];
  assert.ok(stands, `${id} ends at ${row.seq}, beyond its clerk’s log of ${log.entries.length} (S1)`);
  assert.equal(row.term, stands.header.pos.term, `${id} ends in another term than its clerk’s log at ${row.seq} (S1)`);
  assert.ok(equalBytes(row.chain, stands.chain), `the chain of ${id} at ${row.seq} is not that of its clerk (S1)`);
}

async function checkEntries(followed: Followed, from: number): Promise<void> {
  const { home, id, n, log, seq: head, held } = followed;
  const people = await home.disk.rows<{ n: number; id: string }>('SELECT n, id FROM person');
  const byNumber = new Map(people.map((person) => [person.n, person.id]));
  const parts = await partsOf(home.disk, n);
  const mayHave = readersOf(followed);
  const told = new Set(held.map(({ seq }) => seq));
  for (let seq = from; seq <= head; seq++) assert.ok(told.has(seq), `${id} lacks entry ${seq} of ${from}–${head}`);
  for (const row of held) {
    const { seq } = row;
    const what = `entry ${seq} of ${id}`;
    const stands = log.entries[seq - 1];
    assert.ok(stands && seq <= head, `${what} is held beyond the end`);
    assert.ok(equalBytes(row.header, stands.row.header), `${what} is not what its clerk holds (S1)`);
    for (const field of ['term', 'at', 'kind', 'shown'] as const)
      assert.equal(row[field], stands.row[field], `${what} is filed with another ${field} than at its clerk`);
    for (const field of ['act', 'target'] as const)
      assert.deepEqual(plain(row[field]), plain(stands.row[field]), `${what} is filed under another ${field}`);
    if (stands.act && stands.header.what.type === 'envelope')
      assert.equal(byNumber.get(row.author), stands.act.user, `${what} is filed under another author`);
    parts.get(seq)?.forEach((part, i) => {
      if (part) assert.ok(matches(crypto, stands.act!.parts[i]!, part), `the words of ${what} are others`);
    });
    if (parts.has(seq) && stands.act?.kind !== 'settings' && stands.act?.kind !== 'create')
      assert.ok(mayHave(seq), `the words of ${what} are on the disk of ${home.name} (S8)`);
  }
  // What was deleted up to here is gone here.
  const entries = log.entries.filter(({ seq }) => told.has(seq));
  checkWords({ id, entries: entries.map((entry) => ({ ...entry, body: parts.get(entry.seq)?.[0] ?? null })) });
}

const plain = (bytes: Uint8Array | null): Uint8Array | null => bytes && Uint8Array.from(bytes);

/** Whether a server may hold the words at a place: by the rule in force there, and when it had people in the room. */
export function readersOf({ home, log }: Pick<Followed, 'home' | 'log'>): (seq: number) => boolean {
  const rules: { from: number; rule: HistoryRule }[] = [];
  const members = new Map<string, number>();
  const present = new Set<number>();
  let last = 0;
  for (const { seq, act } of log.entries) {
    const data = (act?.data ?? {}) as { history?: HistoryRule; change?: MemberChange; subject?: string };
    if (act?.kind === 'create') rules.push({ from: seq, rule: data.history ?? 'all' });
    if (act?.kind === 'settings' && data.history) rules.push({ from: seq, rule: data.history });
    const before = members.size;
    if (act?.kind === 'member' && data.subject !== undefined && serverOf(data.subject) === home.id) {
      if (data.change === 'join') members.set(data.subject, seq);
      if (data.change === 'leave' || data.change === 'kick' || data.change === 'ban') members.delete(data.subject);
    }
    if (members.size > 0 || before > 0) {
      present.add(seq);
      last = seq;
    }
  }
  return (seq) => {
    const rule = rules.findLast(({ from }) => from <= seq)?.rule;
    return rule === 'world' || (rule === 'all' && seq <= last) || present.has(seq);
  };
}

const states = new WeakMap<RoomLog, Map<number, RoomState>>();

/** The state of a room after an entry of its clerk's log. */
function stateAt(log: RoomLog, seq: number): RoomState {
  if (seq === log.entries.length) return log.state;
  const known = states.get(log) ?? new Map<number, RoomState>();
  states.set(log, known);
  let state = known.get(seq);
  if (!state) {
    for (const { row } of log.entries.slice(0, seq)) state = follow(crypto, state, row.header, []).state;
    known.set(seq, state!);
  }
  return state!;
}

async function checkState({ home, n, id, log, seq }: Followed, row: RoomRow): Promise<void> {
  const state = stateAt(log, seq);
  const rows = await home.disk.rows<{ key: string; value: Uint8Array }>('SELECT key, value FROM leaf WHERE room = ?', [
    n,
  ]);
  const leaves = new Map(rows.map(({ key, value }) => [key, plain(value)]));
  for (const [key] of snapshotLeaves(state)) {
    assert.deepEqual(leaves.get(key), plain(leafOf(state, key)!), `the leaf ${key} of ${id} is not what its log says`);
    leaves.delete(key);
  }
  for (const key of leaves.keys()) assert.equal(key, '~created', `the leaf ${key} of ${id} follows from nothing`);
  const names = { title: '', topic: '' };
  for (const { act, body } of log.entries.slice(0, seq))
    if (act?.kind === 'create' || act?.kind === 'settings') Object.assign(names, body ?? {});
  assert.deepEqual({ title: row.title, topic: row.topic }, names, `the names of ${id} are not those of its log`);
  const due = await home.disk.rows<{ at: number }>('SELECT at FROM due WHERE room = ?', [n]);
  assert.deepEqual(due, [], `${id} will wake here, where nothing may be ended`);
  await checkPeople(home, n, id, state);
}

/** Own people who are in, invited or asking are so in every table. */
async function checkPeople(home: Home, n: number, id: string, state: RoomState): Promise<void> {
  const own = (users: Iterable<string>) => [...users].filter((user) => serverOf(user) === home.id).sort();
  const listed = async (sql: string) =>
    (await home.disk.rows<{ id: string }>(`SELECT person.id AS id FROM ${sql}`, [n, home.id]))
      .map((each) => each.id)
      .sort();
  const of = (table: string) =>
    `${table} JOIN person ON person.n = ${table}.person WHERE ${table}.room = ? AND substr(person.id, 18) = ?`;
  assert.deepEqual(
    await listed(`${of('stay')} AND stay.until IS NULL`),
    own(state.members.keys()),
    `the stays in ${id} are not those of its log`,
  );
  const since = await home.disk.rows<{ id: string; since: number }>(
    `SELECT person.id AS id, stay.since AS since FROM ${of('stay')} AND stay.until IS NULL`,
    [n, home.id],
  );
  for (const { id: user, since: from } of since)
    assert.equal(from, state.members.get(user)!.since, `${user} is in ${id} since another place`);
  assert.deepEqual(
    await listed(of('invitation')),
    own(state.invited.keys()),
    `the invitations of ${id} are not those of its log`,
  );
  assert.deepEqual(
    await listed(of('knock')),
    own(state.knocking.keys()),
    `the knocks at ${id} are not those of its log`,
  );
}
