/** What people do with messages. */
import { type Handlers, type Protocol, Refusal } from '@parley/protocol';
import { accessTo, memberAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { act, replyOf, say } from '../speak.ts';

export const message: Handlers<Protocol['message'], Context> = {
  async send(context, payload) {
    const { standing } = memberAccess(context, payload.room) ?? (await accessTo(context, payload.room));
    if (standing !== 'member' && standing !== 'watching') throw new Refusal('not-a-member');
    const outcome = await say(context, payload, standing === 'watching');
    context.session.watching.delete(payload.room);
    return replyOf(outcome);
  },
  edit: (context, { room, clientId, target, body }) => act(context, room, { clientId, kind: 'edit', target, body }),
  redact: (context, { room, clientId, target, reason }) =>
    act(context, room, { clientId, kind: 'redact', target, ...(reason ? { body: { reason } } : {}) }),

  react: (context, { room, clientId, target, emoji }) =>
    act(context, room, { clientId, kind: 'react', target, body: { emoji } }),
  unreact: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'unreact', target }),
  pin: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'pin', target }),
  unpin: (context, { room, clientId, target }) => act(context, room, { clientId, kind: 'unpin', target }),
};
