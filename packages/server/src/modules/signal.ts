/** Who types, and who is here. */
import type { Handlers, Protocol } from '@parley/protocol';
import { readerOf } from '../access.ts';
import type { Context } from '../context.ts';

/** A client says it again every few seconds while it is true. */
const expiresMs = 6_000;

export const typing: Handlers<Protocol['typing'], Context> = {
  async set({ session, hub, here }, { room, typing }) {
    const { id, name, display } = session.me.person;
    if (!session.me.privacy.typing) return {};
    here.across.typing(room, id, typing);
    hub.signal(room, {
      event: 'typing.changed',
      payload: { room, user: id, name: display ?? name, typing, expiresMs: typing ? expiresMs : 0 },
    });
    return {};
  },
};

const shown = 1_000;

export const presence: Handlers<Protocol['presence'], Context> = {
  async set({ session, here }, { status }) {
    session.presence = status;
    here.presence.changed(session.me.person, session.following);
    return {};
  },
  async list(context, { room: id }) {
    const { room } = await readerOf(context, id);
    const { presence } = context.here;
    const users = new Set(context.hub.followers(id).map((session) => session.me.person.id));
    for (const user of presence.elsewhere(room.state.members.keys())) users.add(user);
    const present = [...users].map((user) => ({ user, ...presence.of(user) }));
    return { present: present.filter(({ status }) => status !== 'offline').slice(0, shown) };
  },
};
