/** Members and moderation. Every act of it is an entry, so the log is the audit trail. */
import { request } from './define.ts';
import {
  choice,
  count,
  flag,
  type Infer,
  integer,
  line,
  list,
  nullable,
  optional,
  record,
  text,
  view,
} from './field.ts';
import { clientId, roomId, userId } from './id.ts';
import { durationMs } from './kind.ts';
import { limits } from './limits.ts';
import { actReply } from './outcome.ts';
import { role } from './role.ts';
import { person } from './user.ts';

const about = { room: roomId, user: userId, clientId };
const reason = optional(text(limits.reason));
const errors = ['forbidden', 'not-a-member', 'unknown-target', 'too-many'] as const;

export const memberView = view({
  person,
  role,
  since: count(),
  mutedUntil: optional(nullable(count())),
  status: choice(['online', 'away', 'offline']),
});
export type MemberView = Infer<typeof memberView>;

export const member = {
  list: request({
    about: 'Members by role and name; `after` is the last id seen. `query` finds by the beginning of a name.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({
      room: roomId,
      query: optional(line(limits.displayName)),
      after: optional(userId),
      limit: integer(1, limits.membersPage),
    }),
    reply: view({ members: list(memberView, limits.membersPage), more: flag(), total: count() }),
  }),
  banned: request({
    about: 'Who is banned, newest first.',
    from: 'account',
    room: { as: 'member', permission: 'ban' },
    payload: record({ room: roomId }),
    reply: view({
      banned: list(
        view({ person, since: count(), until: nullable(count()), reason: optional(text(limits.reason)) }),
        500,
      ),
    }),
  }),
  knocking: request({
    about: 'Who asks to be let in, in the order in which they came.',
    from: 'account',
    room: { as: 'member', permission: 'invite' },
    payload: record({ room: roomId }),
    reply: view({ knocking: list(view({ person, since: count() }), 500) }),
  }),
  invite: request({
    about: 'Invites somebody; who asks to be let in may then join.',
    from: 'account',
    room: { as: 'member', permission: 'invite' },
    rate: 'create',
    payload: record(about),
    reply: actReply,
    errors: [...errors, 'already-a-member', 'banned'],
  }),
  revoke: request({
    about: 'Takes an invitation back: whoever made it, or who may kick.',
    from: 'account',
    room: { as: 'member' },
    payload: record(about),
    reply: actReply,
    errors,
  }),
  deny: request({
    about: 'Turns down somebody who asks to be let in.',
    from: 'account',
    room: { as: 'member', permission: 'invite' },
    payload: record({ ...about, reason }),
    reply: actReply,
    errors,
  }),
  kick: request({
    about: 'Removes somebody; they may join again where the room is public.',
    from: 'account',
    room: { as: 'member', permission: 'kick' },
    payload: record({ ...about, reason }),
    reply: actReply,
    errors,
  }),
  ban: request({
    about: 'Removes somebody and keeps them out, for a time or until lifted.',
    from: 'account',
    room: { as: 'member', permission: 'ban' },
    payload: record({ ...about, reason, durationMs: optional(durationMs) }),
    reply: actReply,
    errors,
  }),
  unban: request({
    about: 'Lifts a ban.',
    from: 'account',
    room: { as: 'member', permission: 'ban' },
    payload: record({ ...about, reason }),
    reply: actReply,
    errors,
  }),
  mute: request({
    about: 'Silences somebody, for a time or until lifted.',
    from: 'account',
    room: { as: 'member', permission: 'mute' },
    payload: record({ ...about, reason, durationMs: optional(durationMs) }),
    reply: actReply,
    errors,
  }),
  unmute: request({
    about: 'Lifts a mute.',
    from: 'account',
    room: { as: 'member', permission: 'mute' },
    payload: record({ ...about, reason }),
    reply: actReply,
    errors,
  }),
  setRole: request({
    about:
      "Gives a role below one's own; an owner may make another owner. Giving up one's own role is allowed while another owner is left.",
    from: 'account',
    room: { as: 'member' },
    payload: record({ ...about, role }),
    reply: actReply,
    errors,
  }),
};
