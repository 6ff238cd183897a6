/** Rows as views show them, made of entries and of what waits in the outbox. */
import { type Content, type RawEntry, type Reaction, readEntry, type SignedIn } from '@parley/protocol';
import type { MessageRow, OutboxRow, ReactionGroup, Row } from './api.ts';

/** The same for a message that waits and for its entry, so that nothing moves when one becomes the other. */
export const keyOf = (message: { user: string; clientId: string }): string => `${message.user}/${message.clientId}`;

/** @param me user id of the reader, if known */
export function rowOf(raw: RawEntry, me: string | undefined): Row {
  const entry = readEntry(raw);
  const key = raw.clerk ? `clerk/${raw.term}.${raw.seq}` : keyOf(raw);
  const { seq, at } = raw;
  if (!entry) return { type: 'unknown', key, seq, at, entry: raw };
  if (entry.kind !== 'message') return { type: 'notice', key, seq, at, entry };
  const body = bodyOf(raw, entry.body);
  return {
    type: 'message',
    key: keyOf(raw),
    user: raw.user,
    name: raw.name,
    display: raw.display,
    server: raw.server,
    clientId: raw.clientId,
    seq,
    at,
    body,
    mine: raw.user === me,
    mentionsMe: mentions(body, me),
    state: 'sent',
    code: undefined,
    retryAt: undefined,
    edited: raw.edited && { seq: raw.edited.seq, at: raw.edited.at },
    redacted: raw.redacted && { name: raw.redacted.name, reason: raw.redacted.reason },
    reactions: groups(raw.reactions ?? [], me),
    pinned: raw.pinned ?? false,
    imported: entry.data.imported ?? false,
  };
}

/** A message that waits for its outcome; `sent` when it has one but its entry is still on the way. */
export function pendingRow(row: OutboxRow, me: SignedIn, sent: { seq: number; at: number } | undefined): MessageRow {
  const { body } = row.payload as { body: Content };
  return {
    type: 'message',
    key: keyOf({ user: me.user, clientId: row.clientId }),
    user: me.user,
    name: me.name,
    display: me.display,
    server: undefined,
    clientId: row.clientId,
    seq: sent?.seq,
    at: sent?.at ?? row.at,
    body,
    mine: true,
    mentionsMe: mentions(body, me.user),
    state: sent ? 'sent' : row.state,
    code: row.code,
    retryAt: row.retryAt,
    edited: undefined,
    redacted: undefined,
    reactions: [],
    pinned: false,
    imported: false,
  };
}

/** Whether what was said means this person. */
export function mentions(body: unknown, me: string | undefined): boolean {
  return me !== undefined && ((body as Content | null | undefined)?.mentions?.includes(me) ?? false);
}

/** What a message says now, edits folded in. */
export function bodyOf(raw: RawEntry, original: Content | null): Content | null {
  if (raw.redacted || original === null) return null;
  return raw.edited ? (raw.edited.body as Content | null) : original;
}

function groups(reactions: readonly Reaction[], me: string | undefined): ReactionGroup[] {
  const found = new Map<string, ReactionGroup>();
  for (const { emoji, user, name, clientId } of reactions) {
    const group = found.get(emoji) ?? { emoji, people: [], mine: undefined };
    group.people.push({ user, name, clientId });
    if (user === me) group.mine = clientId;
    found.set(emoji, group);
  }
  return [...found.values()];
}
