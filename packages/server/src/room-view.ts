/** Rooms as one person sees them, and what a client needs to follow one. */
import { limits, Refusal, type RoomSync, type RoomView } from '@parley/protocol';
import { directPermissions, isBefore, otherOf, resetBase } from '@parley/room';
import { type Access, accessTo, readableBy } from './access.ts';
import type { Context } from './context.ts';
import { sizeOf, viewEntries } from './history-view.ts';
import type { LoadedRoom } from './loaded-room.ts';
import { fitted } from './paging.ts';
import { endsOf } from './restriction.ts';
import type { Unread } from './store/marker.ts';

/** Newest rows that a reset sends along, so that a first screen needs no second request. */
const firstRows = 30;
/** How often reading is repeated when entries keep coming; then the room is reset without rows. */
const attempts = 6;

/** @param muteEnd of the caller's own mute, if there is one */
function viewRoom(
  context: Context,
  { room, member, standing }: Access,
  muteEnd: number | null,
  direct: RoomView['direct'],
): RoomView {
  const { state } = room;
  const { settings } = state;
  const user = context.session.me.person.id;
  const isOwn = room.archive || state.clerk === context.here.id;
  const alias = isOwn ? room.alias : settings.alias;
  const me: RoomView['me'] = { membership: standing };
  if (member) me.role = member.role;
  if (state.mutes.has(user)) me.mutedUntil = muteEnd;
  const invitation = state.invited.get(user);
  if (invitation) me.invitedBy = invitation.by;
  return {
    id: room.id,
    ...(isOwn ? {} : { server: state.clerk }),
    ...(alias === null ? {} : { alias }),
    title: direct ? (direct.person.display ?? direct.person.name) : room.title,
    topic: room.topic,
    head: room.committed,
    joinRule: settings.joinRule,
    listed: settings.listed,
    history: settings.history,
    ...(settings.retentionDays === null ? {} : { retentionDays: settings.retentionDays }),
    slowModeMs: settings.slowModeMs,
    permissions: direct
      ? { owner: [...directPermissions] }
      : Object.fromEntries(Object.entries(settings.permissions).map(([role, flags]) => [role, [...flags]])),
    ...(state.servers && { servers: { ...state.servers, deny: [...state.servers.deny] } }),
    members: state.members.size,
    createdAt: state.createdAt,
    ...(direct && { direct }),
    me,
  };
}

export async function roomViewOf(context: Context, room: string): Promise<RoomView> {
  const access = await accessTo(context, room);
  return viewRoom(context, access, await muteEndOf(context, access.room), await directOf(context, access.room));
}

/** Whom one speaks with in a room of two. */
async function directOf({ people, session }: Context, { state }: LoadedRoom): Promise<RoomView['direct']> {
  const id = otherOf(state, session.me.person.id);
  const other = id === undefined ? undefined : await people.one(id);
  if (!other) return undefined;
  const membership = state.members.has(other.id) ? 'member' : state.invited.has(other.id) ? 'invited' : 'none';
  return { person: people.view(other), membership };
}

async function muteEndOf(context: Context, room: LoadedRoom): Promise<number | null> {
  const user = context.session.me.person.id;
  const mute = room.state.mutes.get(user);
  return mute ? ((await endsOf(context, room, 'mute', [[user, mute]])).get(user) ?? null) : null;
}

/** The last place that a client holds. */
export interface Cursor {
  term: number;
  seq: number;
}

/** What a sync of one room may send of its log. */
export interface SyncBudget {
  entries: number;
  bytes: number;
}

/** For a room that somebody enters: a first screen. */
export const firstScreen: SyncBudget = { entries: firstRows, bytes: limits.frameBytes / 2 };

/**
 * Reads what follows `cursor` and subscribes, as one step: the subscription begins exactly where the reading ended.
 * The session must hold its reader until this has been sent.
 */
export async function followRoom(
  context: Context,
  roomId: string,
  cursor: Cursor | undefined,
  budget: SyncBudget,
): Promise<RoomSync> {
  const { session, hub, rooms } = context;
  const who = session.me;
  for (let attempt = 1; ; attempt++) {
    const access = await accessTo(context, roomId);
    const { room, standing } = access;
    const head = room.committed;
    const isLast = attempt > attempts;
    const tail = isLast ? nothing : await tailOf(context, access, cursor, budget);
    const unread = await unreadOf(context, room);
    const muteEnd = await muteEndOf(context, room);
    const direct = await directOf(context, room);
    // Something was appended meanwhile, or may have been: the room was pushed out of memory.
    const isCurrent = room.committed === head && rooms.peek(roomId) === room;
    if (!isCurrent && !isLast) continue;
    if (session.who !== who) throw new Refusal('session-ended');
    if (standing === 'watching' && !session.watching.has(roomId)) throw new Refusal('not-a-member');
    if (standing === 'member' || standing === 'watching') hub.follow(session, roomId);
    return { room: viewRoom(context, access, muteEnd, direct), ...tail, ...unread };
  }
}

const nothing: Pick<RoomSync, 'mode' | 'entries'> = { mode: 'reset', entries: [] };

/** What follows the cursor without a gap, or else the newest rows. */
async function tailOf(
  context: Context,
  access: Access,
  cursor: Cursor | undefined,
  budget: SyncBudget,
): Promise<Pick<RoomSync, 'mode' | 'entries'>> {
  const { entry } = context.store;
  const { room } = access;
  const head = room.committed;
  const ranges = await readableBy(context, access);
  const last = ranges.at(-1);
  if (cursor && isBefore(head, cursor)) context.rooms.doubt(room);
  const behind = cursor && (await goesOn(context, room, cursor)) ? head.seq - cursor.seq : -1;
  if (behind === 0) return { mode: 'resumed', entries: [] };
  if (!last) return nothing;
  const from = head.seq - behind + 1;
  const isWhole = last.from <= from && last.to === head.seq;
  if (behind > 0 && behind <= Math.min(budget.entries, limits.syncTail) && isWhole) {
    const missed = await entry.forwards(room.n, { from, to: last.to }, behind, false);
    const entries = await viewEntries(context, room, missed);
    if (entries.reduce((bytes, each) => bytes + sizeOf(each), 0) <= budget.bytes) return { mode: 'resumed', entries };
  }
  const rows = await entry.backwards(room.n, last, Math.min(budget.entries, firstRows), true);
  const views = await viewEntries(context, room, rows.reverse(), ranges);
  const sizes = views.map(sizeOf);
  const centre = views.length - 1;
  if (views.length === 0 || sizes[centre]! > budget.bytes) return nothing;
  const { entries } = fitted({ entries: views, centre, reachesStart: false, reachesEnd: true }, sizes, budget.bytes);
  return { mode: 'reset', entries };
}

/** Whether what a client holds is a beginning of the log: nothing of it was lost before a later term began. */
async function goesOn({ store }: Context, { n, committed }: LoadedRoom, cursor: Cursor): Promise<boolean> {
  if (cursor.term === committed.term) return true;
  if (cursor.term > committed.term) return false;
  const terms = await store.entry.terms(n);
  return terms.some(({ pos }) => pos.term > cursor.term) && resetBase(terms, cursor) === undefined;
}

/** A guest who has not spoken has no marker: to them nothing is unread. */
export async function unreadOf({ session, store }: Context, room: LoadedRoom): Promise<Unread> {
  const { person, stored } = session.me;
  if (!stored) return { marker: room.committed.seq, unread: 0, mentions: 0 };
  return store.marker.get(person.n, room.n, room.committedNth);
}
