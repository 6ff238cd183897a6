/** What the caller is to a room, and what of it they may read. */
import { Refusal, type RoomView } from '@parley/protocol';
import { isOfTwo, type Member, type Range, readable } from '@parley/room';
import type { Context } from './context.ts';
import type { LoadedRoom } from './loaded-room.ts';

type Standing = RoomView['me']['membership'];

export interface Access {
  room: LoadedRoom;
  member: Member | undefined;
  standing: Standing;
}

/** They may at most come: nothing of the room flows to them. */
export const isOutside = (standing: Standing): boolean =>
  standing === 'none' || standing === 'invited' || standing === 'knocking';

/** What a member is to a room that is in memory; undefined for anybody and anything else: ask {@link accessTo}. */
export function memberAccess({ rooms, session }: Context, roomId: string): Access | undefined {
  const room = rooms.peek(roomId);
  const member = room && !room.archive ? room.state.members.get(session.me.person.id) : undefined;
  return room && member && { room, member, standing: 'member' };
}

/** Refuses with `not-found` for rooms that the caller may not know of. */
export async function accessTo(context: Context, roomId: string): Promise<Access> {
  const room = context.rooms.peek(roomId) ?? (await context.rooms.load(roomId));
  const { id, n } = context.session.me.person;
  const { state } = room;
  const member = room.archive ? undefined : state.members.get(id);
  if (member) return { room, member, standing: 'member' };
  if (room.archive) {
    if (!(await context.store.room.isReader(n, room.n))) throw new Refusal('not-found');
    return { room, member, standing: 'archive' };
  }
  if (context.session.watching.has(roomId)) return { room, member, standing: 'watching' };
  if (state.invited.has(id)) return { room, member, standing: 'invited' };
  if (state.knocking.has(id)) return { room, member, standing: 'knocking' };
  const isSecret = state.settings.joinRule === 'invite' && state.settings.history !== 'world';
  if (isSecret && !isOfTwo(state, id)) throw new Refusal('not-found');
  return { room, member, standing: 'none' };
}

/** Refuses unless the caller may read at least what anybody may. */
export async function readerOf(context: Context, roomId: string): Promise<Access> {
  const access = await accessTo(context, roomId);
  const world = access.room.state.settings.history === 'world';
  if (isOutside(access.standing) && !world) throw new Refusal('not-a-member');
  return access;
}

/** The seqs that the caller may read, as far as they are here. */
export async function readableBy(context: Context, access: Access): Promise<Range[]> {
  const ranges = await permittedTo(context, access);
  const { room } = access;
  if (room.archive || room.state.clerk === context.here.id) return ranges;
  return from(ranges, await context.here.across.backfill.heldFrom(room));
}

/** Ranges without what is before a seq. */
export const from = (ranges: readonly Range[], seq: number): Range[] =>
  ranges.map((range) => ({ from: Math.max(seq, range.from), to: range.to })).filter(({ from, to }) => from <= to);

/** The seqs that the caller may read, up to what is committed, whether or not they are here. */
export async function permittedTo(context: Context, { room, standing }: Access): Promise<Range[]> {
  if (standing === 'archive') return [{ from: 1, to: room.committed.seq }];
  const member = standing === 'member' || standing === 'watching';
  const sinceJoin = room.state.historyRules.some(({ rule }) => rule === 'since-join');
  const stays = sinceJoin ? await context.store.room.stays(context.session.me.person.n, room.n) : [];
  const watched = context.session.watching.get(room.id);
  if (watched !== undefined) stays.push({ from: watched, to: Number.MAX_SAFE_INTEGER });
  return readable(room.state, member, stays)
    .map(({ from, to }) => ({ from, to: Math.min(to, room.committed.seq) }))
    .filter(({ from, to }) => from <= to);
}
