/** Reading the log backwards, forwards, around a place and by date. */
import { messageRef } from './content.ts';
import { request } from './define.ts';
import { rawEntry } from './entry.ts';
import { choice, count, flag, type Infer, integer, list, optional, record, view } from './field.ts';
import { roomId } from './id.ts';
import { limits } from './limits.ts';

/** Entries oldest first. `from` and `to` bound what was looked at, so that a client knows which seqs it holds without a gap. */
export const page = view({
  entries: list(rawEntry, limits.page * 2),
  from: count(),
  to: count(),
  /** Whether there is more to read before and after. */
  before: flag(),
  after: flag(),
});
export type Page = Infer<typeof page>;

export const history = {
  page: request({
    about:
      'A page of a room. Exactly one of `before` and `after` (a seq, not included), `around` (a seq), `of` (a message by its name: around it), `at` (Unix ms: the first entry from then on, and what is before it); none of them: the newest. `rows` leaves out what has no row of its own; messages carry their edits, reactions and redaction.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({
      room: roomId,
      before: optional(count()),
      after: optional(count()),
      around: optional(count()),
      at: optional(count()),
      of: optional(messageRef),
      limit: integer(1, limits.page),
      show: choice(['rows', 'everything']),
    }),
    reply: page,
    errors: ['bad-request', 'not-found', 'not-a-member'],
  }),
  pins: request({
    about: 'The pinned messages, newest first.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({ room: roomId }),
    reply: view({ entries: list(rawEntry, limits.pins) }),
  }),
  edits: request({
    about: 'All versions of a message, oldest first.',
    from: 'guest',
    room: { as: 'reader' },
    payload: record({ room: roomId, seq: count() }),
    reply: view({ entries: list(rawEntry, limits.page) }),
    errors: ['not-found'],
  }),
};
