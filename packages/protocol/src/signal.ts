/** Typing and presence: never stored, throttled, for members only. */
import { event, request } from './define.ts';
import { choice, count, flag, type Infer, list, record, text, view } from './field.ts';
import { roomId, userId } from './id.ts';
import { limits } from './limits.ts';

export const presenceStatus = choice(['online', 'away', 'offline']);
export type PresenceStatus = Infer<typeof presenceStatus>;

export const typing = {
  set: request({
    about: 'Says that one is typing; ends by itself after `expiresMs` of the event.',
    from: 'guest',
    room: { as: 'member', permission: 'post', notMuted: true },
    rate: 'signal',
    payload: record({ room: roomId, typing: flag() }),
    reply: view({}),
    errors: ['muted', 'not-a-member'],
  }),
  changed: event({
    about: 'Somebody types, or no longer.',
    payload: view({ room: roomId, user: userId, name: text(limits.displayName), typing: flag(), expiresMs: count() }),
  }),
};

export const presence = {
  set: request({
    about: 'How this device is used; the account shows the most awake of its devices.',
    from: 'guest',
    rate: 'signal',
    payload: record({ status: choice(['online', 'away']) }),
    reply: view({}),
  }),
  list: request({
    about: 'Who of a room is here now; at most 1,000 people.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({ room: roomId }),
    reply: view({ present: list(view({ user: userId, status: presenceStatus, devices: count() }), 1_000) }),
  }),
  changed: event({
    about: 'Somebody in a room that you follow came, went or looked away.',
    payload: view({
      room: roomId,
      user: userId,
      name: text(limits.displayName),
      status: presenceStatus,
      devices: count(),
    }),
  }),
};
