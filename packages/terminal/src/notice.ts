/** What happened in a room, said in plain words. Everything here may hold text of other people: clean it for a screen. */
import { type Entry, type EntryOf, type RawEntry, type Role, readEntry } from '@parley/protocol';
import { durationWords } from './duration.ts';

export interface Names {
  /** What a person is called, by the id. */
  nameOf?(user: string): string | undefined;
  /** What to call the server of a person, where it is not one's own. `told`: what the entry calls it. */
  labelOf?(user: string, told?: string): string | undefined;
}

type Words = { [K in Exclude<Entry['kind'], 'message'>]: (entry: EntryOf<K>, names: Names) => string };

const words: Words = {
  create: (entry, names) => `${who(entry, names)} created the room`,
  edit: (entry, names) => `${who(entry, names)} edited a message${entry.body ? `: ${entry.body.text}` : ''}`,
  redact: (entry, names) =>
    `${who(entry, names)} deleted ${ofTarget(entry, names, 'a message')}${because(entry.body?.reason)}`,
  react: (entry, names) =>
    `${who(entry, names)} reacted ${entry.body?.emoji ?? ''} to ${ofTarget(entry, names, 'a message')}`,
  unreact: (entry, names) => `${who(entry, names)} took a reaction back`,
  pin: (entry, names) => `${who(entry, names)} pinned ${ofTarget(entry, names, 'a message')}`,
  unpin: (entry, names) => `${who(entry, names)} unpinned ${ofTarget(entry, names, 'a message')}`,
  member: (entry, names) => `${memberWords(entry, names)}${because(entry.body?.reason)}`,
  mute: (entry, names) =>
    `${who(entry, names)} muted ${whom(entry, names)}${span(entry.data.durationMs)}${because(entry.body?.reason)}`,
  unmute: (entry, names) =>
    entry.clerk
      ? `${whom(entry, names)} may speak again`
      : `${who(entry, names)} unmuted ${whom(entry, names)}${because(entry.body?.reason)}`,
  role: (entry, names) => `${who(entry, names)} made ${whom(entry, names)} ${roleWords[entry.data.role]}`,
  settings: (entry, names) => `${who(entry, names)} changed ${settingsWords(entry)}`,
  erase: (entry, names) => `Everything that ${whom(entry, names)} wrote here was erased`,
  system: (entry) => entry.body?.text ?? 'A line of the server was taken away',
};

const roleWords: Record<Role, string> = {
  owner: 'an owner',
  admin: 'an admin',
  moderator: 'a moderator',
  member: 'a member',
  guest: 'a guest',
};

/**
 * A sentence without a full stop for any entry but a message: `ada removed bob (spam)`. Kinds that this version does not
 * know are named as such.
 */
export function noticeWords(raw: RawEntry, names: Names = {}): string {
  const entry = readEntry(raw);
  if (!entry) return `${who(raw, names)} did something that this version does not know (${raw.kind})`;
  if (entry.kind === 'message') return entry.body?.text ?? 'deleted';
  // Each sentence reads the kind that it stands under.
  return (words[entry.kind] as (entry: Entry, names: Names) => string)(entry, names);
}

/** The author's name, with the server when it is another one. */
export function who(entry: Pick<RawEntry, 'name' | 'user' | 'server' | 'clerk'>, { labelOf }: Names = {}): string {
  if (entry.clerk && entry.name === '') return 'the server';
  return withServer(entry.name, labelOf ? labelOf(entry.user, entry.server) : entry.server);
}

/** `ada:s2.example`, or the name alone for people of one's own server. */
export const withServer = (name: string, server: string | undefined): string =>
  server === undefined ? name : `${name}:${server}`;

function whom(entry: Pick<RawEntry, 'subjectName' | 'data'>, { labelOf }: Names): string {
  const { subject } = (entry.data ?? {}) as { subject?: string };
  const name = entry.subjectName || 'somebody';
  return subject === undefined ? name : withServer(name, labelOf?.(subject));
}

function ofTarget(entry: { target?: { user: string } }, { nameOf }: Names, otherwise: string): string {
  const name = entry.target && nameOf?.(entry.target.user);
  return name === undefined ? otherwise : `a message of ${name}`;
}

const because = (reason: string | undefined): string => (reason ? ` (${reason})` : '');
const span = (durationMs: number | undefined): string =>
  durationMs === undefined ? '' : ` for ${durationWords(durationMs)}`;

function memberWords(entry: EntryOf<'member'>, names: Names): string {
  const author = who(entry, names);
  const subject = whom(entry, names);
  const { change, durationMs, guest } = entry.data;
  switch (change) {
    case 'invite':
      return `${author} invited ${subject}`;
    case 'decline':
      return `${subject} declined the invitation`;
    case 'revoke':
      return `${author} took the invitation of ${subject} back`;
    case 'knock':
      return `${subject} asks to be let in`;
    case 'withdraw':
      return `${subject} no longer asks to be let in`;
    case 'deny':
      return `${author} did not let ${subject} in`;
    case 'join':
      return `${subject} joined${guest ? ' as a guest' : ''}`;
    case 'leave':
      return `${subject} left`;
    case 'kick':
      return `${author} removed ${subject}`;
    case 'ban':
      return `${author} banned ${subject}${span(durationMs)}`;
    case 'unban':
      return entry.clerk ? `The ban of ${subject} ended` : `${author} lifted the ban of ${subject}`;
  }
}

function settingsWords({ data, body }: EntryOf<'settings'>): string {
  const changed: string[] = [];
  if (data.title) changed.push(`the title to “${body?.title ?? ''}”`);
  if (data.topic) changed.push(body?.topic ? `the topic to “${body.topic}”` : 'the topic to nothing');
  if (data.alias !== undefined) changed.push(`the name to #${data.alias}`);
  if (data.joinRule !== undefined) changed.push(`who may join to “${data.joinRule}”`);
  if (data.listed !== undefined) changed.push(data.listed ? 'the room to be listed' : 'the room to be unlisted');
  if (data.history !== undefined) changed.push(`who may read the history to “${data.history}”`);
  if (data.retentionDays !== undefined) changed.push(`how long text is kept to ${data.retentionDays} days`);
  if (data.keepForever) changed.push('how long text is kept to for ever');
  if (data.slowModeMs !== undefined)
    changed.push(data.slowModeMs === 0 ? 'slow mode to off' : `slow mode to ${durationWords(data.slowModeMs)}`);
  if (data.permissions !== undefined) changed.push('what each role may do');
  return changed.length === 0 ? 'the settings' : changed.join(', ');
}
