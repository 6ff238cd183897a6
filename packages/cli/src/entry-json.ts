/** An entry as one JSON object for programs. Text is given as it was written. */
import { type Entry, type RawEntry, type RoomView, readEntry } from '@parley/protocol';
import { noticeWords } from '@parley/terminal';
import { roomLabel } from './session/room.ts';

export interface EntryObject {
  v: 1;
  room: string;
  seq: number;
  at: string;
  kind: string;
  user: string;
  clientId: string;
  [field: string]: unknown;
}

/** `@ada:example.org`: the name with the label of the server. @param server label of the server one is on */
export const userLabel = (person: { name: string; server?: string }, server: string): string =>
  `@${person.name}:${person.server ?? server}`;

/**
 * @param room where it stands, for its name
 * @param server label of the server one is on
 */
export function entryJson(raw: RawEntry, room: Pick<RoomView, 'alias' | 'id'>, server: string): EntryObject {
  return {
    v: 1,
    room: roomLabel(room),
    seq: raw.seq,
    at: new Date(raw.at).toISOString(),
    kind: raw.kind,
    user: userLabel(raw, server),
    ...wordsOf(raw, readEntry(raw)),
    clientId: raw.clientId,
    userId: raw.user,
    roomId: raw.room,
    ...(raw.target && { target: raw.target }),
    ...(raw.edited && { edited: { at: new Date(raw.edited.at).toISOString() } }),
    ...(raw.redacted && { redacted: { by: `@${raw.redacted.name}`, reason: raw.redacted.reason ?? null } }),
    ...(raw.reactions?.length && { reactions: raw.reactions.map(({ emoji, user, name }) => ({ emoji, user, name })) }),
    ...(raw.pinned && { pinned: true }),
  };
}

/** `text` is what was said; null when it was taken away. All else is said in `notice`. */
function wordsOf(raw: RawEntry, entry: Entry | undefined): Record<string, unknown> {
  if (entry?.kind === 'message' || entry?.kind === 'edit') {
    const body = raw.redacted ? null : raw.edited ? raw.edited.body : entry.body;
    return { text: body?.text ?? null, ...picked(body, ['action', 'replyTo', 'mentions']) };
  }
  if (entry?.kind === 'system') return { text: entry.body?.text ?? null };
  return {
    ...picked(raw.body, ['reason', 'emoji', 'title', 'topic']),
    ...(raw.data !== undefined && { data: raw.data }),
    ...(raw.subjectName !== undefined && { subject: raw.subjectName }),
    notice: noticeWords(raw),
  };
}

/** Named fields only: an entry of another server may hold fields that we use for something else. */
function picked(body: unknown, fields: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([field]) => fields.includes(field)));
}
