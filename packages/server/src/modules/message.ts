/** What people do with messages. */
import { type Handlers, type Payload, type Protocol, Refusal } from '@parley/protocol';
import { accessTo } from '../access.ts';
import type { Context } from '../context.ts';
import { readBody } from '../entry-view.ts';
import { act, say } from '../speak.ts';
import { actKey } from '../store/entry.ts';

export const message: Handlers<Protocol['message'], Context> = {
  async send(context, payload) {
    const { session } = context;
    const { standing } = await accessTo(context, payload.room);
    if (standing !== 'member' && standing !== 'watching') throw new Refusal('not-a-member');
    const { term, seq, at } = await say(context, payload);
    session.watching.delete(payload.room);
    return { outcome: 'entry', term, seq, at };
  },
  edit: (context, { room, clientId, target, body }) => act(context, room, { clientId, kind: 'edit', target, body }),
  redact: (context, { room, clientId, target, reason }) =>
    act(context, room, { clientId, kind: 'redact', target, ...(reason ? { body: { reason } } : {}) }),

  async react(context, payload) {
    const { room, clientId, target, emoji } = payload;
    const same = await sameReaction(context, payload);
    if (same) return { outcome: 'entry', ...same };
    return act(context, room, { clientId, kind: 'react', target, body: { emoji } });
  },
  unreact: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'unreact', target }),
  pin: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'pin', target }),
  unpin: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'unpin', target }),
};

/** The caller's reaction with this emoji, if it stands already. */
async function sameReaction(context: Context, { room: id, target, emoji }: Payload<'message.react'>) {
  const { store, session, rooms } = context;
  const room = await rooms.load(id);
  await room.settled();
  const mine = (await store.entry.about(room.n, [actKey(target.user, target.clientId)])).filter(
    (entry) => entry.kind === 'react' && entry.author === session.me.person.n,
  );
  if (mine.length === 0) return undefined;
  const parts = await store.entry.parts(
    room.n,
    mine.map(({ seq }) => seq),
  );
  const same = mine.find(({ seq }) => (readBody(parts.get(`${seq}/0`)) as { emoji?: string } | null)?.emoji === emoji);
  return same && { term: room.state.head.term, seq: same.seq, at: same.at };
}
