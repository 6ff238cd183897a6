/**
 * Direct rooms of this server's people: which of several two people speak in, and that who wrote to somebody is not asked
 * whether that one may write to them.
 */
import { type ForeignRoom, Refusal, serverOf, toBase32 } from '@parley/protocol';
import { otherOf, pairOf, type RoomState } from '@parley/room';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { isHere } from './elsewhere.ts';
import { joinFollowed } from './federation/joining.ts';
import type { PersonRecord } from './store/user.ts';

type Needs = Pick<Context, 'store' | 'rooms' | 'people' | 'runtime' | 'here'>;

/** Rooms of the same two people that are looked at: each takes both of them to leave the one before. */
const mostOfTwo = 100;
/** Invitations of one person that are looked through. */
const mostInvitations = 100;

/** How a room of the two stands for one of them: the earlier in this list, the rather they speak there. */
const standings = ['both', 'open', 'alone', 'over'] as const;
export type DirectStanding = (typeof standings)[number];

export interface DirectRoom {
  id: string;
  /** `open`: one of the two is there and the other is asked, or may come back. `alone`: the other is gone. */
  standing: DirectStanding;
  /** Whether `me` is a member. */
  isIn: boolean;
  /** The server that keeps it, where nobody of this one is in. */
  elsewhere?: string;
}

/** The rooms of two people as far as they are known here, that in which they rather speak first. */
export async function directRooms(needs: Needs, me: PersonRecord, other: string): Promise<DirectRoom[]> {
  const { store, rooms } = needs;
  const found = new Map<string, DirectRoom>();
  for (const id of await store.room.direct(pairOf(me.id, other), mostOfTwo)) {
    const { state } = await rooms.load(id);
    const away = (await isHere(needs, id)) ? {} : { elsewhere: state.clerk };
    const isIn = state.members.has(me.id) && !away.elsewhere;
    const isThere = state.members.has(other);
    const isAsked = state.invited.has(isIn ? other : me.id);
    const standing = isIn && isThere ? 'both' : isThere || (isIn && isAsked) ? 'open' : isIn ? 'alone' : 'over';
    found.set(id, { id, standing, isIn, ...away });
  }
  for (const { room, by } of await store.foreign.invitationsOf(me.n, mostInvitations))
    if (isMutual(room, by.user, other) && !found.get(room.id)?.isIn)
      found.set(room.id, { id: room.id, standing: 'open', isIn: false, elsewhere: room.clerk });
  const level = ({ standing }: DirectRoom): number => standings.indexOf(standing);
  return [...found.values()].sort((a, b) => level(a) - level(b) || (a.id < b.id ? -1 : 1));
}

/** A room that somebody made to speak with one; its clerk can say so of its own people alone. */
const isMutual = (room: ForeignRoom, by: string, other: string): boolean =>
  room.direct === true && by === other && room.clerk === serverOf(by);

/** Asks the other one, who has declined or left, to come. */
export async function inviteOther(
  { rooms, runtime }: Needs,
  room: string,
  mine: Pick<Draft, 'author' | 'device'>,
  other: PersonRecord,
): Promise<void> {
  const clientId = newClientId({ runtime });
  const data = { change: 'invite', subject: other.id };
  const [outcome] = await rooms.submit(room, [{ ...mine, clientId, kind: 'member', data, subject: other }]);
  if (outcome?.type === 'refused' && outcome.code !== 'already-a-member') throw new Refusal(outcome.code);
}

/** Somebody of this server is invited into a direct room that is known here. */
export async function invitedHere(needs: Needs, room: string, user: string, by: string): Promise<void> {
  const { state } = await needs.rooms.load(room);
  if (otherOf(state, user) === by) await meet(needs, user, by);
}

/** Somebody of this server is invited into a direct room that nobody of it is in. */
export async function invitedElsewhere(needs: Needs, room: ForeignRoom, user: string, by: string): Promise<void> {
  if (isMutual(room, by, by)) await meet(needs, user, by);
}

/**
 * Of two who wrote to each other at once, the one who made the room with the higher id comes into that with the lower;
 * where nobody said anything in theirs, they leave it.
 * @returns the room in which they are then, if they came into one
 */
export async function meet(needs: Needs, user: string, by: string): Promise<string | undefined> {
  const me = await needs.people.one(user);
  if (!me || me.erased) return undefined;
  const known = await directRooms(needs, me, by);
  const own = known.find(({ standing, isIn }) => isIn && standing === 'open');
  const theirs = known.find(({ standing, isIn }) => !isIn && standing === 'open');
  if (!own || !theirs || own.id < theirs.id || known[0]!.standing === 'both') return undefined;
  await join(needs, theirs, me);
  if (otherOf((await needs.rooms.load(theirs.id)).state, user) !== by) {
    await leaveWrong(needs, theirs.id, me);
    return undefined;
  }
  const left = await needs.rooms.load(own.id);
  if (left.nth === 0 && !left.state.members.has(by))
    await needs.rooms.submit(
      own.id,
      await leaving(
        needs,
        left.state,
        { author: me, device: '' },
        { leave: newClientId(needs), revoke: newClientId(needs) },
      ),
    );
  return theirs.id;
}

/** Leaves a room that is not what its server said when it invited. */
export async function leaveWrong({ rooms, runtime }: Needs, room: string, me: PersonRecord): Promise<void> {
  const data = { change: 'leave', subject: me.id };
  const clientId = newClientId({ runtime });
  await rooms.submit(room, [{ author: me, device: '', clientId, kind: 'member', data, subject: me }]);
}

async function join(needs: Needs, { id, elsewhere }: DirectRoom, me: PersonRecord): Promise<void> {
  const { rooms, here } = needs;
  const clientId = newClientId(needs);
  if (elsewhere === undefined) return joinFollowed(rooms, here.across.decisions, id, me, clientId);
  await here.across.enter({ room: id, person: me.n, server: elsewhere, clientId, change: 'join' }, me);
}

/** What one does to leave a direct room: who is asked to come is not any more. @param ids of the acts */
export async function leaving(
  { people }: Pick<Needs, 'people'>,
  state: RoomState,
  mine: Pick<Draft, 'author' | 'device'>,
  ids: { leave: string; revoke: string },
): Promise<Draft[]> {
  const { author } = mine;
  const leave: Draft = {
    ...mine,
    clientId: ids.leave,
    kind: 'member',
    data: { change: 'leave', subject: author.id },
    subject: author,
  };
  const other = otherOf(state, author.id);
  const asked = other !== undefined && state.invited.has(other) ? await people.one(other) : undefined;
  if (!asked) return [leave];
  const data = { change: 'revoke', subject: asked.id };
  return [{ ...mine, clientId: ids.revoke, kind: 'member', data, subject: asked }, leave];
}

export const newClientId = ({ runtime }: Pick<Needs, 'runtime'>): string =>
  `direct:${toBase32(runtime.randomBytes(10))}`;
