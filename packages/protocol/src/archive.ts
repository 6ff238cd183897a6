/** Logs from elsewhere and to elsewhere: imports of foreign chats, export and re-import of a room's own log. */
import { request } from './define.ts';
import { bytes, choice, count, flag, integer, line, list, nullable, optional, record, text, view } from './field.ts';
import { clientId, roomId } from './id.ts';
import { limits } from './limits.ts';

/** One line of a room's log: the header as it is hashed, and the parts that are still there. */
const logLine = {
  header: bytes(limits.envelopeBytes),
  parts: list(nullable(record({ salt: bytes(16), bytes: bytes(limits.envelopeBytes) })), 8),
};
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
    about: 'The log as it is hashed, from after a seq; for those who may read all of it.',
    from: 'account',
    room: { as: 'reader' },
    rate: 'bulk',
    payload: record({ room: roomId, after: count(), limit: integer(1, limits.importLines) }),
    reply: view({
      lines: list(
        view({
          header: bytes(limits.envelopeBytes),
          parts: list(nullable(view({ salt: bytes(16), bytes: bytes(limits.envelopeBytes) })), 8),
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
      'Gives a log back, in order, from seq 1; verified against its chain. A room of this server is restored, another one becomes a read-only archive of the caller.',
    from: 'operator',
    rate: 'bulk',
    payload: record({
      room: roomId,
      lines: list(record(logLine), limits.importLines),
      checkpoint: optional(record(checkpoint)),
    }),
    reply: view({ seq: count(), result: choice(['identical', 'restored', 'archived', 'more']) }),
    errors: ['bad-request', 'duplicate'],
  }),
};
