// What devices show when all is quiet: the rooms that the log gives them, and in each the rows that follow from the log.
// A fresh device of the same person shows the same.
import assert from 'node:assert/strict';
import type { Client, MessageRow, Row } from '@parley/client';
import { type Content, isRow, type MemberChange } from '@parley/protocol';
import { readable, within } from '@parley/room';
import { Device } from '../device.ts';
import type { Home } from '../home.ts';
import type { RoomLog } from '../log.ts';
import { type Person, password, type Scene } from '../scene.ts';

/** @param heldFrom the first seq that a server can show of a room; asked when its devices have shown all they can */
export async function checkViews(
  scene: Scene,
  logs: readonly RoomLog[],
  heldFrom: (home: Home, log: RoomLog) => Promise<number> = async () => 1,
): Promise<void> {
  for (const person of scene.people) {
    if (!person.account) continue;
    const fresh = await freshDevice(scene, person);
    for (const device of [...person.devices, fresh]) {
      if (device.online) await checkDevice(scene, person, device, logs, fresh, heldFrom);
    }
    fresh.kill();
  }
}

async function freshDevice(scene: Scene, { name, home }: Person): Promise<Device> {
  const device = new Device(scene.world, scene.heard, { name: `${name}.fresh`, home: home.name });
  await scene.sure(`signing in ${device.name}`, device.start().signIn({ name, password }));
  await scene.world.clock.pass(5_000);
  return device;
}

async function checkDevice(
  scene: Scene,
  person: Person,
  device: Device,
  logs: readonly RoomLog[],
  fresh: Device,
  heldFrom: (home: Home, log: RoomLog) => Promise<number>,
): Promise<void> {
  const { client } = device;
  const user = person.user!;
  const mine = logs.filter(({ state }) => state.members.has(user));
  const isOurs = (id: string) => !scene.others.has(id);
  const shown = client.rooms
    .get()
    .map(({ view }) => view.id)
    .filter(isOurs);
  assert.deepEqual(shown.toSorted(), mine.map(({ id }) => id).sort(), `${device.name} shows other rooms than it is in`);
  const invited = logs.filter(({ state }) => state.invited.has(user)).map(({ id }) => id);
  const told = client.invitations
    .get()
    .map(({ id }) => id)
    .filter(isOurs);
  assert.deepEqual(told.toSorted(), invited.sort(), `${device.name} shows other invitations than there are`);
  for (const log of mine) {
    const rows = await rowsOf(scene, client, log.id);
    const keeps = log.state.settings.retentionDays !== 0;
    const want = expected(log, user, rows, await heldFrom(person.home, log));
    assert.deepEqual(
      rows.map((row) => said(row, keeps)),
      want,
      `${device.name} shows #${log.row.alias} otherwise than its log`,
    );
    const [one, other] = [client, fresh.client].map((each) => countsOf(each, log.id));
    assert.deepEqual(one, other, `${device.name} counts #${log.row.alias} otherwise than a fresh device`);
  }
}

function countsOf(client: Client, room: string) {
  const { marker, unread, mentions, view } = client.room(room)!.summary.get();
  const { title, topic, alias, joinRule, history, members, me } = view;

  return { marker, unread, mentions, title, topic, alias, joinRule, history, members, me };
}

async function rowsOf(scene: Scene, client: Client, room: string): Promise<readonly Row[]> {
  const timeline = client.room(room)!.timeline();
  await scene.sure('jumping', timeline.jump('newest'));
  while (timeline.get().before) {
    const before = timeline.get().rows.length;
    await scene.sure('loading', timeline.loadBefore());
    assert.equal(timeline.get().error, undefined, `loading earlier rows of ${room}`);
    if (timeline.get().rows.length === before && timeline.get().before)
      throw new Error(`${room} has more rows for ever`);
  }
  const { rows } = timeline.get();
  timeline.close();
  return rows.filter((row) => row.type !== 'message' || row.state === 'sent');
}

/** What of a row is compared. Reactions of a room that keeps nothing are on screens only. */
function said(row: Row, keeps: boolean): object {
  if (row.type !== 'message') return { seq: row.seq, kind: row.entry.kind };
  return {
    seq: row.seq,
    kind: 'message',
    clientId: row.clientId,
    text: row.body?.text ?? null,
    edited: row.redacted || !keeps ? undefined : row.edited?.seq,
    redacted: row.redacted !== undefined,
    reactions: (keeps ? row.reactions : [])
      .flatMap(({ emoji, people }) => people.map(({ clientId }) => `${emoji} ${clientId}`))
      .sort(),
    pinned: row.pinned,
  };
}

interface Message {
  seq: number;
  kind: 'message';
  clientId: string;
  text: string | null;
  edited: number | undefined;
  redacted: boolean;
  reactions: string[];
  pinned: boolean;
}

/** The rows that follow from the log for this reader. */
function expected(log: RoomLog, user: string, shown: readonly Row[], from: number): object[] {
  const { state, entries } = log;
  const ranges = readable(state, true, staysOf(log, user));
  const rows: { seq: number; kind: string; user?: string }[] = [];
  const messages = new Map<string, Message>();
  const emojis = new Map<string, { of: Message; what: string; user: string }>();
  // Words that are on no disk may still be on a screen.
  const seen = new Map(
    shown.flatMap((row) => (row.type === 'message' ? [[row.seq, row] as [number, MessageRow]] : [])),
  );
  for (const { seq, act, body, header } of entries) {
    const kind = act?.kind ?? header.what.type;
    const isHere = seq >= from && within(ranges, seq);
    const target = act?.target && messages.get(`${act.target.user}/${act.target.clientId}`);
    if (kind === 'message') {
      if (!isHere) continue;
      const content = body as Content | null;
      const text = content?.text ?? (state.settings.retentionDays === 0 ? (seen.get(seq)?.body?.text ?? null) : null);
      const message: Message = {
        seq,
        kind,
        clientId: act!.clientId,
        text,
        edited: undefined,
        redacted: false,
        reactions: [],
        pinned: state.pins.has(`${act!.user}/${act!.clientId}`),
      };
      messages.set(`${act!.user}/${act!.clientId}`, message);
      rows.push(message);
    } else if (kind === 'redact' && target && !target.redacted && isHere) {
      Object.assign(target, { text: null, redacted: true, edited: undefined });
    } else if (kind === 'edit' && target && !target.redacted && isHere) {
      const kept = state.settings.retentionDays === 0 ? (seen.get(target.seq)?.body?.text ?? null) : null;
      const isKept = state.settings.retentionDays !== 0;
      Object.assign(target, { text: (body as Content | null)?.text ?? kept, edited: isKept ? seq : undefined });
    } else if (kind === 'react' && target && isHere) {
      const emoji = (body as { emoji?: string } | null)?.emoji;
      if (emoji !== undefined)
        emojis.set(`${act!.user}/${act!.clientId}`, { of: target, what: `${emoji} ${act!.clientId}`, user: act!.user });
    } else if (kind === 'unreact' && act?.target) emojis.delete(`${act.target.user}/${act.target.clientId}`);
    else if (isHere && isRow(kind)) rows.push({ seq, kind });
  }
  for (const { of, what } of emojis.values()) if (!of.redacted) of.reactions.push(what);
  for (const message of messages.values()) message.reactions.sort();
  return rows;
}

function staysOf({ entries }: RoomLog, user: string): { from: number; to: number }[] {
  const stays: { from: number; to: number }[] = [];
  for (const { seq, act } of entries) {
    const { change, subject } = (act?.data ?? {}) as { change?: MemberChange; subject?: string };
    const concerns = act?.kind === 'create' ? act.user === user : act?.kind === 'member' && subject === user;
    if (!concerns) continue;
    if (act?.kind === 'create' || change === 'join') stays.push({ from: seq, to: Number.MAX_SAFE_INTEGER });
    if (change === 'leave' || change === 'kick' || change === 'ban') {
      const last = stays.at(-1);
      if (last?.to === Number.MAX_SAFE_INTEGER) last.to = seq;
    }
  }
  return stays;
}
