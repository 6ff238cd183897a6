// What must hold on the disk of a server at any moment, whoever crashed before: the log verifies (S15), nothing in it
// was forbidden (S7), and every other table says what follows from it (S12).
import assert from 'node:assert/strict';
import { isCountable, type MemberChange } from '@parley/protocol';
import { allKeys, leafOf, nameOf as nameOfWhat, nextDue } from '@parley/room';
import type { Disk } from '../disk.ts';
import { type LogEntry, type RoomLog, readLogs } from '../log.ts';

/** Reads and checks all of it; throws when something is wrong. */
export async function checkDisk(disk: Disk): Promise<RoomLog[]> {
  const logs = await readLogs(disk);
  for (const log of logs) {
    if (log.row.archive === 1) continue;
    checkLeaves(log);
    checkNumbers(log);
    checkBans(log);
    checkWords(log);
    checkOwner(log);
    await checkNames(disk, log);
    await checkPeople(disk, log);
  }
  return logs;
}

function checkLeaves({ id, state, leaves }: RoomLog): void {
  const want = new Map(
    allKeys(state).flatMap((key) => {
      const value = leafOf(state, key);
      return value ? [[key, value] as const] : [];
    }),
  );
  for (const [key, value] of want)
    assert.deepEqual(plain(leaves.get(key)), plain(value), `the leaf ${key} of ${id} is not what its log says`);
  for (const key of leaves.keys()) assert.ok(want.has(key), `the leaf ${key} of ${id} follows from nothing`);
}

const plain = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && Uint8Array.from(bytes);

function checkNumbers({ id, row, entries }: RoomLog): void {
  let nth = 0;
  const seen = new Set<string>();
  for (const entry of entries) {
    const { seq, act, header } = entry;
    if (act && isCountable(act)) nth += 1;
    assert.equal(entry.row.nth, nth, `entry ${seq} of ${id} is numbered wrongly`);
    assert.equal(entry.row.kind, act?.kind ?? header.what.type, `entry ${seq} of ${id} is filed under another kind`);
    const name = nameOfWhat(header.what);
    if (!name) continue;
    const key = `${name.user}/${name.clientId}`;
    assert.ok(!seen.has(key), `${key} stands twice in ${id} (S2)`);
    seen.add(key);
  }
  assert.equal(row.nth, nth, `the count of ${id} is wrong`);
}

/** S7, told by itself: from a ban to its end nothing of the banned person, not even in a log whose fold is wrong. */
function checkBans({ id, entries }: RoomLog): void {
  const banned = new Set<string>();
  for (const { seq, act } of entries) {
    if (!act) continue;
    assert.ok(!banned.has(act.user), `${act.user} is banned and stands at ${seq} of ${id} (S7)`);
    const { change, subject } = (act.data ?? {}) as { change?: MemberChange; subject?: string };
    if (act.kind !== 'member' || subject === undefined) continue;
    if (change === 'ban') banned.add(subject);
    if (change === 'unban') banned.delete(subject);
  }
}

/** What was deleted, taken back or erased is gone, with its edits. */
export function checkWords({ id, entries }: Pick<RoomLog, 'id' | 'entries'>): void {
  const gone = new Set<string>();
  const erased = new Map<string, number>();
  for (const { seq, act } of entries) {
    if ((act?.kind === 'redact' || act?.kind === 'unreact') && act.target) gone.add(nameOf(act.target));
    if (act?.kind === 'erase') erased.set((act.data as { subject: string }).subject, seq);
  }
  for (const { seq, act, body } of entries) {
    if (!act || body === null || act.kind === 'create' || act.kind === 'settings') continue;
    const isGone = gone.has(nameOf(act)) || (act.kind === 'edit' && act.target && gone.has(nameOf(act.target)));
    assert.ok(!isGone, `the words at ${seq} of ${id} were deleted and are on disk`);
    assert.ok(seq > (erased.get(act.user) ?? 0), `the words at ${seq} of ${id} were erased and are on disk`);
  }
}

const nameOf = ({ user, clientId }: { user: string; clientId: string }): string => `${user}/${clientId}`;

/** A room with people who have accounts has an owner, and nobody owns it as a guest. */
function checkOwner({ id, state }: RoomLog): void {
  const accounts = [...state.members.values()].filter(({ guest }) => !guest);
  assert.ok(accounts.length === 0 || accounts.some(({ role }) => role === 'owner'), `${id} has no owner`);
}

async function checkNames(disk: Disk, { id, n, row, entries, state }: RoomLog): Promise<void> {
  const names = { title: '', topic: '' };
  for (const { act, body } of entries) {
    if (act?.kind !== 'create' && act?.kind !== 'settings') continue;
    Object.assign(names, body ?? {});
  }
  assert.deepEqual({ title: row.title, topic: row.topic }, names, `the names of ${id} are not those of its log`);
  // The name of a room that nobody can enter any more is free.
  const { members, invited, settings } = state;
  const isDeserted = members.size === 0 && invited.size === 0 && settings.joinRule !== 'public';
  const alias = isDeserted ? null : settings.alias;
  assert.equal(row.alias, alias, `the alias of ${id} is not that of its log`);
  const held = await disk.rows<{ alias: string }>('SELECT alias FROM alias WHERE room = ?', [id]);
  assert.deepEqual(
    held.map((each) => each.alias),
    alias === null ? [] : [alias],
    `${id} holds other aliases than that of its log`,
  );
  const due = await disk.rows<{ at: number }>('SELECT at FROM due WHERE room = ?', [n]);
  assert.deepEqual(due[0]?.at, nextDue(state), `${id} will wake at another time than something ends`);
}

async function checkPeople(disk: Disk, { id, n, entries, state }: RoomLog): Promise<void> {
  const people = await disk.rows<{ n: number; id: string; kind: string }>('SELECT n, id, kind FROM person');
  for (const { id: user, kind } of people)
    if (kind === 'guest' && state.members.has(user))
      assert.equal(state.members.get(user)!.role, 'guest', `a guest is more than that in ${id}`);
  const byNumber = new Map(people.map((person) => [person.n, person.id]));
  for (const { seq, act, row, header } of entries)
    if (act && header.what.type === 'envelope')
      assert.equal(byNumber.get(row.author), act.user, `entry ${seq} of ${id} is filed under another author`);
  const rows = await disk.rows<{ person: number; since: number; until: number | null }>(
    'SELECT person, since, until FROM stay WHERE room = ?',
    [n],
  );
  const stays = rows.map(({ person, since, until }) => `${byNumber.get(person)} ${since}-${until ?? ''}`).sort();
  assert.deepEqual(stays, staysOf(entries).sort(), `the stays in ${id} are not those of its log`);
  const invited = await disk.rows<{ person: number }>('SELECT person FROM invitation WHERE room = ?', [n]);
  // Guests who have not spoken have no row of their own.
  const ids = invited.flatMap(({ person }) => byNumber.get(person) ?? []);
  const known = [...state.invited.keys()].filter((user) => people.some((person) => person.id === user));
  assert.deepEqual(ids.sort(), known.sort(), `the invitations of ${id} are not those of its log`);
  const knocks = await disk.rows<{ person: number }>('SELECT person FROM knock WHERE room = ?', [n]);
  const asking = knocks.map(({ person }) => byNumber.get(person));
  assert.deepEqual(asking.sort(), [...state.knocking.keys()].sort(), `the knocks at ${id} are not those of its log`);
}

/** Who was in from when to when, both included, as `user from-to`. */
function staysOf(entries: readonly LogEntry[]): string[] {
  const open = new Map<string, number>();
  const stays: string[] = [];
  for (const { seq, act } of entries) {
    const { change, subject } = (act?.data ?? {}) as { change?: MemberChange; subject?: string };
    if (act?.kind === 'create') open.set(act.user, seq);
    if (act?.kind !== 'member' || subject === undefined) continue;
    if (change === 'join') open.set(subject, seq);
    const since = open.get(subject);
    if (since === undefined || (change !== 'leave' && change !== 'kick' && change !== 'ban')) continue;
    open.delete(subject);
    stays.push(`${subject} ${since}-${seq}`);
  }
  for (const [user, since] of open) stays.push(`${user} ${since}-`);
  return stays;
}
