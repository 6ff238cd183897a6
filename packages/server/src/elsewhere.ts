/** What clients ask about rooms and people of other servers, and how they come into such a room. */
import {
  defaultPermissions,
  type ErrorCode,
  type ForeignRoom,
  type NamedPerson,
  type Payload,
  type Person,
  Refusal,
  type RoomView,
  serverOf,
} from '@parley/protocol';
import { participants } from '@parley/room';
import type { Context } from './context.ts';
import { type Draft, refusalOf } from './draft.ts';
import type { Place } from './federation/settling.ts';
import { shortId } from './people.ts';
import { roomViewOf } from './room-view.ts';
import { place } from './speak.ts';
import type { InvitedView } from './store/invite-elsewhere.ts';
import type { EnteringRecord } from './store/room-entering.ts';

/** How long a client waits for another server; what was begun goes on after it. */
const patienceMs = 15_000;
/** What other servers may invite one person to. */
const mostInvitations = 100;

/** Public rooms of another server. */
export async function roomsOf(context: Context, server: string, { query, after, limit }: Payload<'room.list'>) {
  const { across } = context.here;
  const asked = { ...(query ? { query } : {}), ...(after ? { after } : {}), limit };
  const { rooms, more } = await across.ask(across.server(server), 'rooms', asked);
  return { rooms: await asSeen(context, rooms), more };
}

/** A room of another server, by its name there; where that cannot be asked now, one that the caller is in or asks for. */
export async function roomNamed(context: Context, server: string, alias: string): Promise<RoomView> {
  const { across } = context.here;
  const id = across.server(server);
  try {
    const { room } = await across.ask(id, 'room', { alias });
    return (await asSeen(context, [room]))[0]!;
  } catch (error) {
    const held = error instanceof Refusal && error.code === 'unavailable' && (await heldNamed(context, id, alias));
    if (!held) throw error;
    return held;
  }
}

/** Rooms of another server, and what the caller is to them. */
async function asSeen({ store, session }: Context, rooms: readonly ForeignRoom[]): Promise<RoomView[]> {
  const { n } = session.me.person;
  const asked = new Set((await store.foreign.knocksOf(n)).map(({ id }) => id));
  const invited = new Map((await store.foreign.invitationsOf(n, mostInvitations)).map(({ room, by }) => [room.id, by]));
  return rooms.map((room) => {
    const by = invited.get(room.id);
    return by ? invitedView({ room, by }) : asked.has(room.id) ? knockingView(room) : viewOf(room);
  });
}

/** A room that a server keeps under a name, and the caller is in or has asked for. */
async function heldNamed(context: Context, server: string, alias: string): Promise<RoomView | undefined> {
  const { store, rooms, session } = context;
  for (const id of await store.room.of(session.me.person.n)) {
    const { state } = await rooms.load(id);
    if (state.clerk === server && state.settings.alias === alias) return roomViewOf(context, id);
  }
  const knocks = await store.foreign.knocksOf(session.me.person.n);
  const asked = knocks.find((room) => room.clerk === server && room.alias === alias);
  return asked && knockingView(asked);
}

/** People of another server whose name begins with a text; they are known here from now on, so that they can be named. */
export async function peopleOf({ here, people }: Pick<Context, 'here' | 'people'>, server: string, prefix: string) {
  const { across } = here;
  const id = across.server(server);
  const told = await across.ask(id, 'people', { prefix, exact: false });
  const own = told.people.filter(({ user }) => serverOf(user) === id);
  await across.names.numbers(
    own.map(({ user }) => user),
    own,
  );
  const found = await people.all(own.map(({ user }) => user));
  return [...found.values()].map((person): Person => people.view(person));
}

/** Whether this server follows a room, or keeps it: then joining is an act like any other. */
export async function isHere({ rooms, here }: Pick<Context, 'rooms' | 'here'>, id: string): Promise<boolean> {
  try {
    const { state, archive } = await rooms.load(id);
    return archive || state.clerk === here.id || participants(state).has(here.id);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not-found') return false;
    throw error;
  }
}

/**
 * Brings the caller into a room that nobody of this server is in, or does there what one may from outside; resolves with
 * where that stands. Refuses with `unavailable` when it takes long: it goes on then.
 */
export async function enter(
  context: Context,
  { room, clientId, server, change }: Omit<EnteringRecord, 'person'>,
): Promise<Place | undefined> {
  const { here, session, runtime } = context;
  const { person } = session.me;
  const wish = { room, person: person.n, server: here.across.server(server), clientId, change };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = runtime.setTimer(() => reject(new Refusal('unavailable')), patienceMs);
  let isAwaited = true;
  const entered = here.across.enter(wish, person, () => isAwaited);
  entered.catch(() => {});
  try {
    const place = await Promise.race([entered, late]);
    if (change === 'join' || change === 'decline') await context.store.foreign.dropInvitation(room, person.n);
    return place;
  } finally {
    isAwaited = false;
    cancel();
  }
}

/** The same of what need not be waited for: `queued` where it goes on. */
export async function actFromOutside(
  context: Context,
  wish: Omit<EnteringRecord, 'person'> & { change: 'knock' | 'withdraw' | 'decline' },
): Promise<Place | 'queued'> {
  try {
    return (await enter(context, wish)) ?? 'queued';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unavailable') return 'queued';
    throw error;
  }
}

/**
 * Places one act of the caller in a room and resolves when it stands in the log, wherever that is kept. Refuses as the
 * clerk does, and with `unavailable` when that takes long.
 */
export async function placeAndWait(context: Context, room: string, draft: Draft): Promise<void> {
  const { here, runtime } = context;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  const { author, clientId } = draft;
  const decided = (code: ErrorCode | undefined): void => (code ? reject(new Refusal(code)) : resolve());
  const stop = here.across.decisions.wait(room, author.id, clientId, decided);
  const cancel = runtime.setTimer(() => reject(new Refusal('unavailable')), patienceMs);
  try {
    const [outcome] = await place(context, room, [draft]);
    if (outcome?.type === 'queued') await promise;
    else if (outcome?.type !== 'entry') throw refusalOf(outcome);
  } finally {
    stop();
    cancel();
  }
}

/** A room of another server as somebody sees it who asks to be let in. */
export const knockingView = (room: ForeignRoom): RoomView => ({ ...viewOf(room), me: { membership: 'knocking' } });

/** A room of another server as somebody sees it who is invited. */
export const invitedView = ({ room, by }: InvitedView): RoomView => ({
  ...viewOf(room),
  ...(room.direct && { ...directWith(by), listed: false }),
  me: { membership: 'invited', invitedBy: by.user },
});

/** A conversation of two is called by the other one. */
function directWith({ user: id, name, display, kind = 'person' }: NamedPerson): Pick<RoomView, 'title' | 'direct'> {
  const person: Person = {
    id,
    name,
    ...(display === undefined ? {} : { display }),
    server: shortId(serverOf(id)),
    kind,
  };
  return { title: display ?? name, direct: { person, membership: 'member' } };
}

function viewOf({
  id,
  clerk,
  alias,
  title,
  topic,
  head,
  joinRule,
  history,
  members,
  createdAt,
}: ForeignRoom): RoomView {
  return {
    id,
    server: clerk,
    ...(alias === undefined ? {} : { alias }),
    title: title === '' ? (alias ?? shortId(id)) : title,
    topic,
    head,
    joinRule,
    listed: true,
    history,
    slowModeMs: 0,
    permissions: Object.fromEntries(Object.entries(defaultPermissions).map(([role, flags]) => [role, [...flags]])),
    members,
    createdAt,
    me: { membership: 'none' },
  };
}
