/** The read marker. */
import type { Handlers, Protocol } from '@parley/protocol';
import { readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { unreadOf } from '../room-view.ts';

export const marker: Handlers<Protocol['marker'], Context> = {
  async set(context, { room: id, seq }) {
    const { store, session, hub, here } = context;
    const { room } = await readerOf(context, id);
    const { person } = session.me;
    if (session.me.stored) {
      const reached = Math.min(seq, room.committed.seq);
      await store.marker.set(person.n, room.n, reached);
      if (session.who) here.receipts.read(room, session.who, reached);
    }
    const state = { room: id, ...(await unreadOf(context, room)) };
    hub.tell(person.id, [{ event: 'marker.changed', payload: state }], session);
    return state;
  },
};
