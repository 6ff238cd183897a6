/** Following all of one's rooms. */
import { type Handlers, limits, type Protocol, Refusal, type RoomSync } from '@parley/protocol';
import { isOutside } from '../access.ts';
import type { Context } from '../context.ts';
import { invitedView } from '../elsewhere.ts';
import { sendAdded } from '../membership.ts';
import { type Cursor, followRoom, roomViewOf, type SyncBudget } from '../room-view.ts';

/** Entries in one reply, over all rooms. */
const mostEntries = 1_000;
/** Bytes of one reply; the frame has more for what is around them. */
const mostBytes = Math.floor(limits.frameBytes * 0.85);
/** Of that, what a room needs without its entries at most: topic and title in escapes, permissions. */
const roomBytes = 12_000;
/** Rows of each room that is reset, while there are few of them. */
const firstRows = 30;
/** Invitations that are told at a time. */
const invitationsShown = 50;
/** Rooms that are read between two turns of the event loop, so that others are served meanwhile. */
const atOnce = 8;

export const sync: Handlers<Protocol['sync'], Context> = {
  async start(context, { rooms: cursors }) {
    const { session, store, here } = context;
    const { person } = session.me;
    const { n } = person;
    const invitations = await invitationsOf(context, n);
    const ids = [...(await store.room.of(n)), ...session.watching.keys()];
    const { rooms, rest } = await followAll(context, ids, cursors, mostBytes - bytesOf(invitations));
    if (rest.length > 0) afterwards(context, rest);
    if (session.who?.person === person) here.presence.changed(person, session.following);
    return { rooms, invitations };
  },
};

/** Rooms in a reply, and the ids of those that it has no room for. */
async function followAll(
  context: Context,
  ids: readonly string[],
  cursors: Readonly<Partial<Record<string, Cursor>>>,
  bytes: number,
): Promise<{ rooms: RoomSync[]; rest: string[] }> {
  const rows = Math.ceil(firstRows * Math.min(1, 20 / ids.length));
  const rooms: RoomSync[] = [];
  const rest: string[] = [];
  let left: SyncBudget = { entries: mostEntries, bytes };
  for (const [i, id] of ids.entries()) {
    if (left.bytes < roomBytes) {
      rest.push(id);
      continue;
    }
    if (i % atOnce === atOnce - 1) await new Promise<void>((resolve) => context.runtime.nextTurn(resolve));
    const cursor = cursors[id];
    const entries = cursor ? left.entries : Math.min(left.entries, rows);
    const room = await followed(context, id, cursor, { entries, bytes: left.bytes - roomBytes });
    if (!room) continue;
    left = { entries: Math.max(0, left.entries - room.entries.length), bytes: left.bytes - bytesOf(room) };
    rooms.push(room);
  }
  return { rooms, rest };
}

/** Undefined for a room that the person has left by now. */
async function followed(
  context: Context,
  id: string,
  cursor: Cursor | undefined,
  budget: SyncBudget,
): Promise<RoomSync | undefined> {
  try {
    const room = await followRoom(context, id, cursor, budget);
    return isOutside(room.room.me.membership) ? undefined : room;
  } catch (error) {
    if (error instanceof Refusal && (error.code === 'not-found' || error.code === 'not-a-member')) return undefined;
    throw error;
  }
}

/** What the reply has no room for comes as events behind it, each when the one before is taken. */
function afterwards(context: Context, ids: readonly string[]): void {
  const { runtime, log, session } = context;
  const { who } = session;
  const tell = async (): Promise<void> => {
    for (const id of ids) {
      if (session.who !== who) return;
      await sendAdded(context, id, { entries: 0, bytes: 0 });
    }
  };
  runtime.nextTurn(() => {
    tell().catch((error) => log.warn({ error, connection: session.id }, 'not all rooms could be told'));
  });
}

async function invitationsOf(context: Context, person: number) {
  const ids = await context.store.room.invitations(person, invitationsShown);
  const views = await Promise.allSettled(ids.map((id) => roomViewOf(context, id)));
  const here = views.flatMap((view) =>
    view.status === 'fulfilled' && view.value.me.membership === 'invited' ? [view.value] : [],
  );
  const elsewhere = await context.store.foreign.invitationsOf(person, invitationsShown);
  const known = new Set(here.map(({ id }) => id));
  return [...here, ...elsewhere.map(invitedView).filter(({ id }) => !known.has(id))].slice(0, invitationsShown);
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
