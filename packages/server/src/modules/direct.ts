/** Direct conversations: a room of two people, which nobody else can ever enter. */
import { type Handlers, type Protocol, Refusal, type RoomSync, serverOf } from '@parley/protocol';
import { roomVersion } from '@parley/room';
import type { Context } from '../context.ts';
import { type DirectRoom, directRooms, inviteOther, leaveWrong, meet, newClientId } from '../direct.ts';
import { enter, placeAndWait } from '../elsewhere.ts';
import { firstScreen, followRoom } from '../room-view.ts';
import { joining, mayEnterAnother, mine } from '../speak.ts';
import type { PersonRecord } from '../store/user.ts';

export const direct: Handlers<Protocol['direct'], Context> = {
  async open(context, { user }) {
    const other = await partner(context, user);
    const { session } = context;
    const known = await directRooms(context, session.me.person, user);
    for (const room of known) {
      if (room.standing !== 'both' && room.standing !== 'open') continue;
      const sync = await opened(context, room, user);
      if (sync) return { sync };
    }
    const alone = known.find(({ standing, isIn }) => standing === 'alone' && isIn);
    const id = alone?.id ?? (await made(context, other));
    await inviteOther(context, id, mine(context, ''), other);
    // They may have made one at the same time.
    const met = await meet(context, session.me.person.id, user).catch(() => undefined);
    return { sync: await followRoom(context, met ?? id, undefined, firstScreen) };
  },
};

/** With whom one may speak. */
async function partner({ people, session, here }: Context, user: string): Promise<PersonRecord> {
  const other = await people.one(user);
  const isSomebody = other && !other.erased && (other.kind === 'person' || other.kind === 'bot');
  if (!isSomebody || user === session.me.person.id) throw new Refusal('unknown-target');
  const server = serverOf(user);
  if (server !== here.id && !here.peers.mayLink(server)) throw new Refusal('blocked');
  return other;
}

/** A room that there is; undefined where one cannot come back into it. */
async function opened(
  context: Context,
  { id, isIn, elsewhere }: DirectRoom,
  user: string,
): Promise<RoomSync | undefined> {
  const { joining: entering } = context.session;
  if (isIn) return followRoom(context, id, undefined, firstScreen);
  await mayEnterAnother(context);
  const clientId = newClientId(context);
  entering.add(id);
  try {
    if (elsewhere === undefined) await placeAndWait(context, id, joining(context, clientId));
    else await enter(context, { room: id, clientId, server: elsewhere, change: 'join' });
    const sync = await followRoom(context, id, undefined, firstScreen);
    if (sync.room.direct?.person.id === user) return sync;
    // Its server said that it is one of the two.
    await leaveWrong(context, id, context.session.me.person);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || !over.has(error.code)) throw error;
    await context.store.room.forgetDirect(id);
    return undefined;
  } finally {
    entering.delete(id);
  }
}
const over = new Set(['not-invited', 'not-found', 'forbidden', 'not-a-member', 'unsupported-room']);

/**
 * A room for the two; its number among those that one has made for them names the act, so that whoever asks twice at once
 * makes one.
 * @returns its id
 */
async function made(context: Context, other: PersonRecord): Promise<string> {
  const { rooms, here, runtime, session } = context;
  const { id: me } = session.me.person;
  let clientId = '';
  for (let count = 0; ; count++) {
    clientId = `direct:${other.id.slice(0, 40)}:${count}`;
    const before = await rooms.madeBy(me, clientId);
    if (before === undefined) break;
    // Over another connection, at this moment.
    if ((await rooms.load(before)).state.members.has(me)) return before;
  }
  await mayEnterAnother(context);
  const data = {
    version: roomVersion,
    network: here.network,
    clerk: here.id,
    encryption: 'none',
    nonce: runtime.randomBytes(16).toHex(),
    direct: other.id,
  };
  let id = '';
  try {
    await rooms.create({ ...mine(context, clientId), kind: 'create', data }, (named) => {
      id = named;
      session.joining.add(named);
    });
    return id;
  } catch (error) {
    const meanwhile = await rooms.madeBy(me, clientId);
    if (meanwhile === undefined) throw error;
    return meanwhile;
  } finally {
    session.joining.delete(id);
  }
}
