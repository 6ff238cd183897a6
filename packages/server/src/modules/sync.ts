/** Following all of one's rooms. */
import type { Handlers, Protocol, RoomSync } from '@parley/protocol';
import type { Context } from '../context.ts';
import { followRoom, roomViewOf } from '../room-view.ts';

/** Entries in one reply, over all rooms: about half a frame. */
const budget = 1_000;
/** Rows of each room that is reset, while there are few of them. */
const firstRows = 30;

export const sync: Handlers<Protocol['sync'], Context> = {
  async start(context, { rooms: cursors }) {
    const { session, store, here } = context;
    const { person } = session.me;
    const ids = [...(await store.room.of(person.n)), ...session.watching.keys()];
    const rooms: RoomSync[] = [];
    let left = budget;
    for (const id of ids) {
      const room = await followRoom(
        context,
        id,
        cursors[id],
        cursors[id] ? left : Math.min(left, Math.ceil(firstRows * Math.min(1, 20 / ids.length))),
      );
      left = Math.max(0, left - room.entries.length);
      rooms.push(room);
    }
    const invitations = await Promise.all(
      (await store.room.invitations(person.n)).map((id) => roomViewOf(context, id)),
    );
    here.presence.changed(session, session.following);
    return { rooms, invitations };
  },
};
