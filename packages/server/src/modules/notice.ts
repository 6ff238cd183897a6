/** What those who run the server say to everybody on it. */
import { type Handlers, type Protocol, Refusal } from '@parley/protocol';
import type { Context } from '../context.ts';

export const notice: Handlers<Protocol['notice'], Context> = {
  async get({ store }) {
    const standing = await store.notice.get();
    return standing ? { notice: standing } : {};
  },

  async set({ store, hub, runtime, log, session }, { text }) {
    if (text.trim() === '') throw new Refusal('bad-request', { field: 'text' });
    const before = await store.notice.get();
    const made = { text: text.trim(), at: Math.max(runtime.now(), (before?.at ?? 0) + 1) };
    await store.notice.set(made);
    log.info({ person: session.me.person.id, at: made.at }, 'notice set');
    hub.tellEverybody([{ event: 'notice.changed', payload: { notice: made } }]);
    return { notice: made };
  },

  async withdraw({ store, hub, log, session }) {
    if (!(await store.notice.remove())) throw new Refusal('not-found');
    log.info({ person: session.me.person.id }, 'notice withdrawn');
    hub.tellEverybody([{ event: 'notice.changed', payload: {} }]);
    return {};
  },
};
