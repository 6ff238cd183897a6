/** What people do with messages. `clientId` makes a resend idempotent: the same act, the same outcome. */
import { content, messageRef } from './content.ts';
import { event, request } from './define.ts';
import { rawEntry } from './entry.ts';
import { line, optional, record, text } from './field.ts';
import { clientId, roomId } from './id.ts';
import { limits } from './limits.ts';
import { actReply } from './outcome.ts';

const on = { room: roomId, clientId, target: messageRef };
const errors = ['not-a-member', 'muted', 'banned', 'forbidden', 'too-fast', 'too-large', 'unknown-target'] as const;

export const message = {
  send: request({
    about: 'Appends one message to a room. A guest who watches joins by it.',
    from: 'guest',
    rate: 'send',
    payload: record({ room: roomId, clientId, body: content }),
    reply: actReply,
    errors,
  }),
  edit: request({
    about: "New words for a message: one's own with `edit-own`, others' with `edit-any`.",
    from: 'guest',
    room: { as: 'member', notMuted: true },
    rate: 'send',
    payload: record({ ...on, body: content }),
    reply: actReply,
    errors,
  }),
  redact: request({
    about: 'Deletes the words of a message for everybody.',
    from: 'guest',
    room: { as: 'member' },
    rate: 'send',
    payload: record({ ...on, reason: optional(text(limits.reason)) }),
    reply: actReply,
    errors,
  }),
  react: request({
    about: 'Puts an emoji under a message; the same emoji again is the same reaction.',
    from: 'guest',
    room: { as: 'member', permission: 'react', notMuted: true },
    rate: 'send',
    payload: record({ ...on, emoji: line(limits.emoji) }),
    reply: actReply,
    errors,
  }),
  unreact: request({
    about: "Takes a reaction back; `target` names the reaction. Others' need `redact-any`.",
    from: 'guest',
    room: { as: 'member' },
    rate: 'send',
    payload: record(on),
    reply: actReply,
    errors,
  }),
  pin: request({
    about: 'Pins a message; one that is pinned stays so, and the reply names that pin.',
    from: 'account',
    room: { as: 'member', permission: 'pin' },
    rate: 'send',
    payload: record(on),
    reply: actReply,
    errors: [...errors, 'too-many'],
  }),
  unpin: request({
    about: 'Unpins a message; where it was unpinned before, the reply names that.',
    from: 'account',
    room: { as: 'member', permission: 'pin' },
    rate: 'send',
    payload: record(on),
    reply: actReply,
    errors,
  }),
};

/** The log as it grows. */
export const entry = {
  appended: event({
    about: 'The next entry of a room that you follow; `seq` is one more than the last.',
    payload: rawEntry,
  }),
};
