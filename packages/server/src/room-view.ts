/** Rooms as one person sees them, and what a client needs to follow one. */
import type { RoomSync, RoomView } from '@parley/protocol';
import { limits } from '@parley/protocol';
import { type Access, accessTo, readableBy } from './access.ts';
import type { Context } from './context.ts';
import { viewEntries } from './history-view.ts';

/** Newest rows that a reset sends along, so that a first screen needs no second request. */
const firstRows = 30;
/** How often reading is repeated when entries keep coming; then the room is reset without rows. */
const attempts = 6;

export function viewRoom(context: Context, { room, member, standing }: Access): RoomView {
  const { state } = room;
  const { settings } = state;
  const user = context.session.me.person.id;
  const me: RoomView['me'] = { membership: standing };
  if (member) me.role = member.role;
  if (state.mutes.has(user)) me.mutedUntil = state.due.get(`mute/${user}`) ?? null;
  const invitation = state.invited.get(user);
  if (invitation) me.invitedBy = invitation.by;
  return {
    id: room.id,
    ...(room.alias === null ? {} : { alias: room.alias }),
    title: room.title,
    topic: room.topic,
    head: room.committed,
    joinRule: settings.joinRule,
    listed: settings.listed,
    history: settings.history,
    ...(settings.retentionDays === null ? {} : { retentionDays: settings.retentionDays }),
    slowModeMs: settings.slowModeMs,
    permissions: Object.fromEntries(Object.entries(settings.permissions).map(([role, flags]) => [role, [...flags]])),
    members: state.members.size,
    createdAt: state.createdAt,
    me,
  };
}

export async function roomViewOf(context: Context, room: string): Promise<RoomView> {
  return viewRoom(context, await accessTo(context, room));
}

/**
 * Reads what follows `cursor` and subscribes, as one step: the subscription begins exactly where the reading ended.
 * The session must hold its reader until this has been sent.
 * @param budget how many entries this may send
 */
export async function followRoom(
  context: Context,
  roomId: string,
  cursor: { term: number; seq: number } | undefined,
  budget: number,
): Promise<RoomSync> {
  const { session, store, hub } = context;
  for (let attempt = 0; ; attempt++) {
    const access = await accessTo(context, roomId);
    const { room } = access;
    const head = room.committed;
    const behind = cursor && cursor.term === head.term ? head.seq - cursor.seq : -1;
    const mode = behind >= 0 && behind <= Math.min(budget, limits.syncTail) ? 'resumed' : 'reset';
    const ranges = await readableBy(context, access);
    const last = ranges.at(-1);
    const entries = [];
    if (mode === 'resumed' && behind > 0) {
      for (const range of ranges) {
        const from = Math.max(range.from, cursor!.seq + 1);
        if (from <= range.to)
          entries.push(...(await store.entry.forwards(room.n, { from, to: range.to }, limits.syncTail, false)));
      }
    } else if (mode === 'reset' && last && attempt < attempts) {
      entries.push(...(await store.entry.backwards(room.n, last, Math.min(budget, firstRows), true)).reverse());
    }
    const views = await viewEntries(context, room, entries, mode === 'reset');
    const unread = await store.marker.get(session.me.person.n, room.n, room.committedNth);
    // Something was appended meanwhile, or may have been: the room was pushed out of memory.
    const isCurrent = room.committed.seq === head.seq && context.rooms.peek(roomId) === room;
    if (!isCurrent && attempt < attempts) continue;
    if (access.standing === 'member' || access.standing === 'watching') hub.follow(session, roomId);
    return { room: viewRoom(context, access), mode, entries: isCurrent ? views : [], ...unread };
  }
}
