/** An entry as one JSON object for programs. Text is given as it was written. */
import { type Entry, type RawEntry, readEntry, serverOf } from '@parley/protocol';
import { noticeWords } from '@parley/terminal';
import type { Connected } from './session/connect.ts';

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

/** What servers are called. */
export interface Naming {
  /** The server one is on. */
  readonly own: string;
  /** That of a person, where it is another one. */
  labelOf(user: string, told?: string): string | undefined;
}

export const namingOf = ({ client, info }: Connected): Naming => ({
  own: info.server.name,
  labelOf: (user, told) => client.servers.labelOf(user, told),
});

/** Makes sure that the servers of these people have their names, before they are printed. */
export async function meetServers({ client }: Connected, users: readonly string[]): Promise<void> {
  const strange = new Set(users.map(serverOf).filter((id) => !client.servers.get().has(id)));
  if (strange.size > 0) await client.servers.refresh([...strange]);
}

/** Whose names an entry needs. */
export const peopleOf = ({ user, data }: RawEntry): string[] => {
  const { subject } = (data ?? {}) as { subject?: string };
  return subject === undefined ? [user] : [user, subject];
};

/** `@ada:example.org`: the name with what the server is called. @param server what the server one is on is called */
export const userLabel = (person: { name: string; server?: string | undefined }, server: string): string =>
  `@${person.name}:${person.server ?? server}`;

/** @param room what the room is called */
export function entryJson(raw: RawEntry, room: string, { own, labelOf }: Naming): EntryObject {
  return {
    v: 1,
    room,
    seq: raw.seq,
    at: new Date(raw.at).toISOString(),
    kind: raw.kind,
    user: userLabel({ name: raw.name, server: labelOf(raw.user, raw.server) }, own),
    ...wordsOf(raw, readEntry(raw), labelOf),
    clientId: raw.clientId,
    userId: raw.user,
    server: serverOf(raw.user),
    roomId: raw.room,
    ...(raw.target && { target: raw.target }),
    ...(raw.edited && { edited: { at: new Date(raw.edited.at).toISOString() } }),
    ...(raw.redacted && { redacted: { by: `@${raw.redacted.name}`, reason: raw.redacted.reason ?? null } }),
    ...(raw.reactions?.length && { reactions: raw.reactions.map(({ emoji, user, name }) => ({ emoji, user, name })) }),
    ...(raw.pinned && { pinned: true }),
  };
}

/** `text` is what was said; null when it was taken away. All else is said in `notice`. */
function wordsOf(raw: RawEntry, entry: Entry | undefined, labelOf: Naming['labelOf']): Record<string, unknown> {
  if (entry?.kind === 'message' || entry?.kind === 'edit') {
    const body = raw.redacted ? null : raw.edited ? raw.edited.body : entry.body;
    return { text: body?.text ?? null, ...picked(body, ['action', 'replyTo', 'mentions']) };
  }
  if (entry?.kind === 'system') return { text: entry.body?.text ?? null };
  return {
    ...picked(raw.body, ['reason', 'emoji', 'title', 'topic']),
    ...(raw.data !== undefined && { data: raw.data }),
    ...(raw.subjectName !== undefined && { subject: raw.subjectName }),
    notice: noticeWords(raw, { labelOf }),
  };
}

/** Named fields only: an entry of another server may hold fields that we use for something else. */
function picked(body: unknown, fields: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(Object.entries(body).filter(([field]) => fields.includes(field)));
}
