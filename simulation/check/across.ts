// What must hold between servers when everything has healed: whoever is in a room holds its log to the end (L2), nothing
// waits for ever (L1), and every act that somebody was promised has exactly one outcome (S2, S3).
import assert from 'node:assert/strict';
import { type MemberChange, serverOf } from '@parley/protocol';
import { nameOf, SignedRun } from '@parley/room';
import type { Home } from '../home.ts';
import { type RoomLog, verifying } from '../log.ts';
import type { Scene } from '../scene.ts';
import { checkEndings, checkTries, checkUnkept } from './end.ts';
import { checkDisks, type Followed } from './followed.ts';
import { checkHeard, type Heard, repeatable } from './heard.ts';
import { checkViews } from './view.ts';

/** Returns how many entries all rooms have. */
export async function checkAcrossEnd(scene: Scene): Promise<number> {
  const { logs, followed } = await checkDisks(scene.homes);
  for (const log of logs) checkSignatures(log);
  for (const home of scene.homes) await checkFollowing(home, scene.others, logs, followed);
  checkHeard(scene.heard, logs);
  checkTries(scene, logs);
  checkOutcomes(scene, logs);
  checkQueued(scene, logs);
  checkUnkept(scene);
  checkEndings(scene, logs);
  await checkViews(scene, logs, heldFrom);
  return logs.reduce((sum, { entries }) => sum + entries.length, 0);
}

/** Where a room was ever read from joining on, what people read in an earlier stay is not shown by a server that was out. */
async function heldFrom({ id, disk }: Home, log: RoomLog): Promise<number> {
  const isOpen = log.state.historyRules.every(({ rule }) => rule !== 'since-join');
  if (isOpen || log.state.clerk === id) return 1;
  const [row] = await disk.rows<{ seq: number }>(
    'SELECT followed.seq AS seq FROM followed JOIN room ON room.n = followed.room WHERE room.id = ?',
    [log.id],
  );
  return row?.seq ?? 1;
}

/** What stands in the log in the name of another server’s people was signed by it (S9). */
function checkSignatures({ id, entries, state }: RoomLog): void {
  const run = new SignedRun(verifying, state.clerk);
  for (const { seq, row, header } of entries) {
    run.next(row.header);
    const { what } = header;
    if (what.type === 'envelope')
      assert.equal(serverOf(what.act.user), what.stamp.origin, `${id} holds at ${seq} what another server did (S9)`);
  }
  assert.deepEqual(run.unsigned, [], `what these servers did in ${id} is not signed (S9)`);
}

async function checkFollowing(
  home: Home,
  others: ReadonlySet<string>,
  logs: readonly RoomLog[],
  followed: readonly Followed[],
): Promise<void> {
  const own = new Map(followed.filter((each) => each.home === home).map((each) => [each.id, each]));
  for (const log of logs) {
    const { id, state } = log;
    if (state.clerk === home.id) continue;
    const here = own.get(id);
    const members = [...state.members.keys()].filter((user) => serverOf(user) === home.id);
    assert.ok(here || members.length === 0, `${home.name} does not hold ${id}, where its people are in (L2)`);
    if (!here) continue;
    assert.deepEqual(here.waiting, [], `this waits on ${home.name} for the clerk of ${id} for ever (L1)`);
    if (members.length > 0)
      assert.equal(here.seq, log.entries.length, `${home.name} holds ${id} up to ${here.seq} only (L2)`);
    else assert.ok(here.seq >= lastStay(log, home), `${home.name} does not know that its people are out of ${id} (L1)`);
  }
  const wishes = await home.disk.rows<{ room: string }>('SELECT room FROM entering');
  const entering = wishes.filter(({ room }) => !others.has(room));
  assert.deepEqual(entering, [], `people of ${home.name} are on their way into rooms for ever (L1)`);
  const asked = await home.disk.rows<{ room: string; user: string }>(
    'SELECT room, person.id AS user FROM knock_elsewhere JOIN person ON person.n = person',
  );
  for (const { room, user } of asked)
    assert.ok(
      others.has(room) || logs.find(({ id }) => id === room)?.state.knocking.has(user),
      `${home.name} takes ${user} for somebody who asks to be let into ${room} (L2)`,
    );
}

/** The entry by which the last of a server’s people went; 0 if it never had any. */
function lastStay(log: RoomLog, home: Home): number {
  return comings(log, home.id).findLast(({ members }) => members === 0)?.seq ?? 0;
}

/** What a device keeps as failed stands nowhere, and what it does not keep any more stands (S2). */
function checkOutcomes(scene: Scene, logs: readonly RoomLog[]): void {
  const stands = placesOf(logs);
  for (const { device, room, user, clientId, kind, outcome, mayBeLost } of scene.tries) {
    if (!device.online || device.client.me.get()?.user !== user) continue;
    const what = `the ${kind} ${clientId} of ${device.name}`;
    const row = device.client.outbox.get().find((each) => each.clientId === clientId);
    const seq = stands.get(`${room}/${user}/${clientId}`);
    assert.notEqual(row?.code, 'duplicate', `${what} is told as refused because it was done (S2)`);
    if (seq !== undefined) assert.ok(!row, `${what} stands at ${seq} and its device takes it for failed (S2)`);
    else if (outcome === 'queued' && !repeatable.has(kind) && !mayBeLost)
      assert.ok(row?.state === 'failed', `${what} was queued and has no outcome (S3)`);
  }
}

function placesOf(logs: readonly RoomLog[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { id, entries } of logs)
    for (const { seq, act } of entries) if (act) places.set(`${id}/${act.user}/${act.clientId}`, seq);
  return places;
}

/**
 * What a server took for another one that keeps the room has its entry or its refusal in the log; or was refused without
 * one, because nobody of that server was in the room any more; or was given up for another wish, and the link broke.
 */
function checkQueued({ heard, people, restoredMs }: Scene, logs: readonly RoomLog[]): void {
  const byId = new Map(logs.map((log) => [log.id, log]));
  const decided = new Set<string>();
  for (const word of heard) if (word.type === 'decided') decided.add(`${word.room}/${word.user}/${word.clientId}`);
  for (const word of heard) {
    if (word.type !== 'queued') continue;
    const { room, user, clientId, atMs } = word;
    // What only a lost disk knew, an outbox of a device hands in again; other requests nobody does.
    if (atMs < (restoredMs.get(people.find((person) => person.user === user)!.home) ?? 0)) continue;
    const log = byId.get(room)!;
    const stands = log.entries.some(({ header }) => {
      const { what } = header;
      const name = nameOf(what) ?? (what.type === 'tombstone' ? what : undefined);
      return name?.user === user && name.clientId === clientId;
    });
    if (stands || decided.has(`${room}/${user}/${clientId}`)) continue;
    assert.ok(
      wasEmpty(log, serverOf(user)) || wasGivenUp(heard, word),
      `${clientId} of ${user} was queued and has no outcome in ${room} (S2, S3)`,
    );
  }
}

/**
 * Whether its person wanted something else of the room after it and the link broke before the answer: that the first wish
 * was given up stands in no log, and who is told of it hears so before that answer.
 */
function wasGivenUp(heard: readonly Heard[], { room, user, clientId }: Heard & { type: 'queued' }): boolean {
  const wishes = heard.filter((word) => word.type === 'wished' && word.room === room && word.user === user);
  const own = wishes.findIndex((word) => word.type === 'wished' && word.clientId === clientId);
  return own >= 0 && wishes.slice(own + 1).some((word) => word.type === 'wished' && !word.isAnswered);
}

/** Whether a server that had people in a room was without any at some time. */
const wasEmpty = (log: RoomLog, server: string): boolean => comings(log, server).some(({ members }) => members === 0);

/** Every entry by which somebody of a server came or went, with how many of them were in then. */
function comings({ entries }: RoomLog, server: string): { seq: number; members: number }[] {
  const members = new Set<string>();
  const found: { seq: number; members: number }[] = [];
  for (const { seq, act } of entries) {
    const { change, subject = '' } = (act?.data ?? {}) as { change?: MemberChange; subject?: string };
    if (act?.kind !== 'member' || serverOf(subject) !== server) continue;
    const before = members.size;
    if (change === 'join') members.add(subject);
    else if (change === 'leave' || change === 'kick' || change === 'ban') members.delete(subject);
    if (members.size !== before) found.push({ seq, members: members.size });
  }
  return found;
}
