/** Ephemeral channels. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const channel: Handlers<Protocol['channel'], Context> = {
  join: async ({ session, here }, { name }) => ({ reach: here.channels.join(session, name) }),

  async leave({ session, here }, { name }) {
    here.channels.leave(session, name);
    return {};
  },

  send: async ({ session, here }, payload) => here.channels.say(session.me.person, payload),

  list: async ({ here }, { name }) => ({ reach: here.channels.reach(name), people: here.channels.people(name) }),
};
