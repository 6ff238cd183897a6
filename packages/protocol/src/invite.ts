/** Invites to this server: an account needs one where sign-up is not open. */
import { request } from './define.ts';
import { count, integer, line, list, record, text, view } from './field.ts';

const inviteView = view({ code: text(64), usesLeft: count(), expiresAt: count(), createdAt: count() });

export const invite = {
  create: request({
    about: 'Makes an invite.',
    from: 'operator',
    rate: 'create',
    payload: record({ uses: integer(1, 1_000), expiresMs: integer(60_000, 31_536_000_000) }),
    reply: inviteView,
    errors: ['too-many'],
  }),
  list: request({
    about: 'Invites that can still be used, newest first.',
    from: 'operator',
    payload: record({}),
    reply: view({ invites: list(inviteView, 200) }),
  }),
  revoke: request({
    about: 'Ends an invite.',
    from: 'operator',
    payload: record({ code: line(64) }),
    reply: view({}),
    errors: ['not-found'],
  }),
};
