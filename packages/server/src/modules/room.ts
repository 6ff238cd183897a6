/** Rooms: making, finding, coming and going, their settings. */
import {
  type Handlers,
  type MemberChange,
  type Payload,
  type Protocol,
  Refusal,
  type Reply,
  type RoomSync,
  type ServerRule,
  serverOf,
  toBase32,
} from '@parley/protocol';
import { denies, roomVersion } from '@parley/room';
import { accessTo, isOutside } from '../access.ts';
import { forgetArchive } from '../archive.ts';
import type { Context } from '../context.ts';
import { leaving, newClientId } from '../direct.ts';
import { actFromOutside, enter, isHere, placeAndWait, roomNamed, roomsOf } from '../elsewhere.ts';
import { firstScreen, followRoom, roomViewOf } from '../room-view.ts';
import { act, joining, mayEnterAnother, mine, place, replyOf } from '../speak.ts';

export const room: Handlers<Protocol['room'], Context> = {
  async create(context, payload) {
    const { rooms, here, runtime, session } = context;
    const before = await madeBefore(context, payload.clientId);
    if (before) return before;
    await mayEnterAnother(context);
    const { data, body } = settingsOf(payload);
    const { alias } = payload;
    const draft = {
      ...mine(context, payload.clientId),
      kind: 'create',
      data: {
        version: roomVersion,
        network: here.network,
        clerk: here.id,
        encryption: 'none',
        nonce: runtime.randomBytes(16).toHex(),
        ...rulesOf(data),
        history:
          payload.history ?? (payload.joinRule === undefined || payload.joinRule === 'public' ? 'all' : 'since-join'),
      },
      body: { title: payload.title ?? alias, ...body },
    };
    await refuseTaken(context, alias, undefined);
    let made = '';
    try {
      await rooms.create(draft, (id) => {
        made = id;
        session.joining.add(id);
      });
      return { sync: await followRoom(context, made, undefined, firstScreen) };
    } catch (error) {
      // The same may have been made meanwhile over another connection, or somebody else has taken the name.
      const meanwhile = await madeBefore(context, payload.clientId);
      if (meanwhile) return meanwhile;
      await refuseTaken(context, alias, made);
      throw error;
    } finally {
      session.joining.delete(made);
    }
  },

  async list(context, payload) {
    const { query, after, limit, server } = payload;
    if (server !== undefined) return roomsOf(context, server, payload);
    const ids = await context.store.room.listed(query ?? '', after ?? '', limit + 1);
    const views = await Promise.allSettled(ids.slice(0, limit).map((id) => roomViewOf(context, id)));
    // One may have become private meanwhile.
    return {
      rooms: views.flatMap((view) => (view.status === 'fulfilled' ? [view.value] : [])),
      more: ids.length > limit,
    };
  },

  async resolve(context, { alias, server }) {
    if (server !== undefined) return { room: await roomNamed(context, server, alias) };
    const id = await context.store.room.byAlias(alias);
    if (id === undefined) throw new Refusal('not-found');
    return { room: await roomViewOf(context, id) };
  },

  async get(context, { room }) {
    return { room: await roomViewOf(context, room) };
  },

  async join(context, { room: id, clientId, server }) {
    const { session } = context;
    const via = server ?? (await inviter(context, id));
    if (via !== undefined && !(await isHere(context, id)))
      return { sync: await enteredElsewhere(context, id, clientId, via) };
    const { room, standing } = await accessTo(context, id);
    if (room.state.bans.has(session.me.person.id)) throw new Refusal('banned');
    if (isOutside(standing)) await mayEnterAnother(context);
    session.joining.add(id);
    try {
      if (standing === 'none' && !session.me.stored) {
        if (room.state.settings.joinRule !== 'public') throw new Refusal('not-invited');
        session.watching.set(id, room.committed.seq + 1);
      } else if (isOutside(standing)) {
        await placeAndWait(context, id, joining(context, clientId)).catch((error) => {
          if (!(error instanceof Refusal && error.code === 'already-a-member')) throw error;
        });
      }
      const sync = await entered(context, id);
      context.here.presence.announce(id, session.me.person.id, session.me.person.name);
      return { sync };
    } finally {
      session.joining.delete(id);
    }
  },

  async knock(context, { room: id, clientId, server }) {
    const { session, store } = context;
    if (server !== undefined && !(await isHere(context, id))) {
      if ((await store.foreign.knocksOf(session.me.person.n)).length >= knocksAtOnce) throw new Refusal('too-many');
      const place = await actFromOutside(context, { room: id, clientId, server, change: 'knock' });
      return place === 'queued' ? { outcome: 'queued' } : { outcome: 'entry', ...place };
    }
    const { standing } = await accessTo(context, id);
    if (standing === 'archive') throw new Refusal('not-invited');
    const { person } = session.me;
    return act(context, id, {
      clientId,
      kind: 'member',
      subject: person,
      data: { change: 'knock', subject: person.id },
    });
  },

  async leave(context, { room: id, clientId }) {
    const { session, hub, store } = context;
    const outside = await outsideOf(context, id);
    if (outside && !(await isHere(context, id))) {
      const place = await actFromOutside(context, { room: id, clientId, ...outside });
      return place === 'queued' ? { outcome: 'queued' } : {};
    }
    const { room, standing } = await accessTo(context, id);
    const { person } = session.me;
    const change = endings[standing];
    if (standing === 'member' && room.state.direct !== undefined) {
      const drafts = await leaving(context, room.state, mine(context, clientId), {
        leave: clientId,
        revoke: newClientId(context),
      });
      const { outcome } = replyOf((await place(context, id, drafts)).at(-1));
      if (outcome === 'queued') return { outcome };
    } else if (change) {
      const data = { change, subject: person.id };
      const { outcome } = await act(context, id, { clientId, kind: 'member', subject: person, data });
      if (outcome === 'queued') return { outcome };
    } else if (standing === 'watching') {
      session.watching.delete(id);
      hub.unfollow(session, id);
    } else if (standing === 'archive') {
      await store.room.dropReader(person.n, room.n);
      await forgetArchive(context, room);
    } else throw new Refusal('not-a-member');
    return {};
  },

  async settings(context, payload) {
    const { room, clientId } = payload;
    const reply = await act(context, room, { clientId, kind: 'settings', ...settingsOf(payload) });
    context.here.retention.changed(room);
    if (payload.servers) await removeDenied(context, room, payload.servers);
    return reply;
  },
};

/**
 * The people of servers that a room keeps out now are removed, each by an entry of the caller's; who may not remove them
 * leaves them listed, and they can do nothing but go.
 */
async function removeDenied(context: Context, room: string, servers: ServerRule): Promise<void> {
  const { rooms, people, runtime } = context;
  const { state } = await rooms.load(room);
  const shut = [...state.members.keys()].filter((user) => denies(servers, state.clerk, serverOf(user)));
  for (let at = 0; at < shut.length; at += removedAtOnce) {
    const persons = await people.all(shut.slice(at, at + removedAtOnce));
    const drafts = [...persons.values()].map((subject) => ({
      ...mine(context, `out:${toBase32(runtime.randomBytes(10))}`),
      kind: 'member',
      data: { change: 'kick', subject: subject.id },
      subject,
    }));
    if (drafts.length > 0) await rooms.submit(room, drafts);
  }
}
const removedAtOnce = 256;

/** Rooms of other servers that one person asks to be let into. */
const knocksAtOnce = 100;

/** What a Create that was sent before has made. */
async function madeBefore(context: Context, clientId: string): Promise<Reply<'room.create'> | undefined> {
  const made = await context.rooms.madeBy(context.session.me.person.id, clientId);
  return made === undefined ? undefined : { sync: await entered(context, made) };
}

/** The server of a room that the caller is invited to elsewhere. */
async function inviter({ store, session }: Context, room: string): Promise<string | undefined> {
  return (await store.foreign.invitation(session.me.person.n, room))?.room.clerk;
}

/** How one ends what one is to a room of another server that nobody of this one is in. */
async function outsideOf(
  context: Context,
  room: string,
): Promise<{ server: string; change: 'decline' | 'withdraw' } | undefined> {
  const { store, session } = context;
  const { n } = session.me.person;
  const inviting = await inviter(context, room);
  if (inviting !== undefined) return { server: inviting, change: 'decline' };
  const asked = await store.foreign.knock(n, room);
  const wish = asked ? undefined : await store.foreign.wish(room, n);
  const server = asked?.clerk ?? (wish?.change === 'knock' ? wish.server : undefined);
  return server === undefined ? undefined : { server, change: 'withdraw' };
}

/** A room of another server that nobody of this one was in. */
async function enteredElsewhere(context: Context, room: string, clientId: string, server: string): Promise<RoomSync> {
  const { joining } = context.session;
  await mayEnterAnother(context);
  joining.add(room);
  try {
    await enter(context, { room, clientId, server, change: 'join' });
    return await entered(context, room);
  } finally {
    joining.delete(room);
  }
}

/** A room that the caller has entered; refused when they are out of it again. */
async function entered(context: Context, room: string): Promise<RoomSync> {
  const sync = await followRoom(context, room, undefined, firstScreen);
  if (isOutside(sync.room.me.membership)) throw new Refusal('not-a-member');
  return sync;
}

/** How one ends what one is to a room, where an entry says so. */
const endings: Partial<Record<string, MemberChange>> = { member: 'leave', invited: 'decline', knocking: 'withdraw' };

/** Refuses a name that another room has. The disk decides; this only answers well. */
async function refuseTaken({ store }: Context, alias: string, room: string | undefined): Promise<void> {
  const holder = await store.room.byAlias(alias);
  if (holder !== undefined && holder !== room) throw new Refusal('name-taken');
}

type Changes = Omit<Payload<'room.settings'>, 'room' | 'clientId'>;

/** Splits what changes into what the fold reads and the words. */
function settingsOf(payload: Changes) {
  const { title, topic, retentionDays, alias, joinRule, listed, history, slowModeMs, permissions, servers } = payload;
  const data: Record<string, unknown> = {};
  for (const [key, value] of Object.entries({ alias, joinRule, listed, history, slowModeMs, permissions, servers }))
    if (value !== undefined) data[key] = value;
  if (retentionDays === null) data.keepForever = true;
  else if (retentionDays !== undefined) data.retentionDays = retentionDays;
  const body: { title?: string; topic?: string } = {};
  if (title !== undefined) body.title = title;
  if (topic !== undefined) body.topic = topic;
  const words = Object.keys(body).length > 0;
  return {
    data: { ...data, ...(title === undefined ? {} : { title: true }), ...(topic === undefined ? {} : { topic: true }) },
    ...(words ? { body } : {}),
  };
}

/** Of a Create, title and topic need no flag: its words are always current. */
function rulesOf({
  title: _title,
  topic: _topic,
  keepForever: _forever,
  ...rules
}: Record<string, unknown>): Record<string, unknown> {
  return rules;
}
