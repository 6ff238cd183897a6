/** Logs from elsewhere and to elsewhere: imports of foreign chats, export and re-import of a room's own log. */
import { request } from './define.ts';
import { bytes, choice, count, flag, integer, line, list, nullable, optional, record, text, view } from './field.ts';
import { clientId, roomId, userId } from './id.ts';
import { limits } from './limits.ts';

/** The author and the subject of a line at most. */
const namedPeople = 2;
const named = { user: userId, name: line(limits.displayName), display: optional(line(limits.displayName)) };
const part = { salt: bytes(16), bytes: bytes(limits.envelopeBytes) };
const checkpoint = { term: count(), seq: count(), chain: bytes(32), state: bytes(32), signature: bytes(64) };

export const archive = {
  append: request({
    about: 'Appends lines of another chat with their times and authors. Lines that were imported before are skipped.',
    from: 'operator',
    room: { as: 'member', permission: 'manage-history' },
    rate: 'bulk',
    payload: record({
      room: roomId,
      lines: list(
        record({
          clientId,
          at: count(),
          /** Who said it there; becomes an imported identity of this server. */
          author: line(limits.displayName),
          kind: choice(['message', 'action', 'system']),
          text: text(limits.messageText),
        }),
        limits.importLines,
      ),
    }),
    reply: view({ added: count(), skipped: count(), seq: count() }),
    errors: ['forbidden', 'not-a-member'],
  }),
  read: request({
    about:
      'The log as it is hashed, from after a seq; for those who may read all of it. The last page has the checkpoint; a page may be shorter than asked for.',
    from: 'account',
    room: { as: 'reader' },
    rate: 'bulk',
    payload: record({ room: roomId, after: count(), limit: integer(1, limits.importLines) }),
    reply: view({
      lines: list(
        view({
          /** As it is hashed. */
          header: bytes(limits.envelopeBytes),
          /** Null where the content was taken away. */
          parts: list(nullable(view(part)), 8),
          /** What the people of this line are called, where a page names them first: the log itself holds no names. */
          people: optional(list(view(named), namedPeople)),
        }),
        limits.importLines,
      ),
      more: flag(),
      checkpoint: optional(view(checkpoint)),
    }),
    errors: ['forbidden'],
  }),
  write: request({
    about:
      'Gives a log back, page by page in order from seq 1, the last page with its checkpoint; verified against its chain. `seq` is the last one that is held: a page without lines asks for it, so that a broken upload goes on from there. A room that is here is compared (`identical`, or `duplicate` at the first difference), one that this server kept and lost is `restored`, that of another server becomes a read-only archive of the caller (`archived`). Nothing can be read before the end.',
    from: 'operator',
    rate: 'bulk',
    payload: record({
      room: roomId,
      lines: list(
        record({
          header: bytes(limits.envelopeBytes),
          parts: list(nullable(record(part)), 8),
          people: optional(list(record(named), namedPeople)),
        }),
        limits.importLines,
      ),
      checkpoint: optional(record(checkpoint)),
    }),
    reply: view({ seq: count(), result: choice(['identical', 'restored', 'archived', 'more']) }),
    errors: ['bad-request', 'duplicate', 'too-many', 'unsupported-room'],
  }),
};
