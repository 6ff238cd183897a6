/** What others are told of an account. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const privacy: Handlers<Protocol['privacy'], Context> = {
  async get({ session }) {
    return session.me.privacy;
  },

  async set({ session, store, hub, here }, rules) {
    const { person, privacy: before } = session.me;
    await store.privacy.set(person.n, rules);
    const sessions = hub.of(person.id);
    for (const { me } of sessions) me.privacy = rules;
    const rooms = new Set(sessions.flatMap(({ following }) => [...following]));
    here.presence.changed(person, rooms);
    if (before.receipts && !rules.receipts) for (const room of rooms) here.receipts.gather(room, person.id, 0);
    hub.tell(person.id, [{ event: 'privacy.changed', payload: rules }], session);
    return rules;
  },
};
