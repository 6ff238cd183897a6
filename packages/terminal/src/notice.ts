/** What happened in a room, said in plain words. Everything here may hold text of other people: clean it for a screen. */
import { type Entry, type EntryOf, type RawEntry, type Role, readEntry } from '@parley/protocol';
import { durationWords } from './duration.ts';

/** What a person is called, by the id. */
export type NameOf = (user: string) => string | undefined;

type Words = { [K in Exclude<Entry['kind'], 'message'>]: (entry: EntryOf<K>, nameOf: NameOf) => string };

const words: Words = {
  create: (entry) => `${who(entry)} created the room`,
  edit: (entry) => `${who(entry)} edited a message${entry.body ? `: ${entry.body.text}` : ''}`,
  redact: (entry, nameOf) =>
    `${who(entry)} deleted ${ofTarget(entry, nameOf, 'a message')}${because(entry.body?.reason)}`,
  react: (entry, nameOf) =>
    `${who(entry)} reacted ${entry.body?.emoji ?? ''} to ${ofTarget(entry, nameOf, 'a message')}`,
  unreact: (entry) => `${who(entry)} took a reaction back`,
  pin: (entry, nameOf) => `${who(entry)} pinned ${ofTarget(entry, nameOf, 'a message')}`,
  unpin: (entry, nameOf) => `${who(entry)} unpinned ${ofTarget(entry, nameOf, 'a message')}`,
  member: (entry) => `${memberWords(entry)}${because(entry.body?.reason)}`,
  mute: (entry) => `${who(entry)} muted ${whom(entry)}${span(entry.data.durationMs)}${because(entry.body?.reason)}`,
  unmute: (entry) =>
    entry.clerk
      ? `${whom(entry)} may speak again`
      : `${who(entry)} unmuted ${whom(entry)}${because(entry.body?.reason)}`,
  role: (entry) => `${who(entry)} made ${whom(entry)} ${roleWords[entry.data.role]}`,
  settings: (entry) => `${who(entry)} changed ${settingsWords(entry)}`,
  erase: (entry) => `Everything that ${whom(entry)} wrote here was erased`,
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
export function noticeWords(raw: RawEntry, nameOf: NameOf = () => undefined): string {
  const entry = readEntry(raw);
  if (!entry) return `${who(raw)} did something that this version does not know (${raw.kind})`;
  if (entry.kind === 'message') return entry.body?.text ?? 'deleted';
  // Each sentence reads the kind that it stands under.
  return (words[entry.kind] as (entry: Entry, nameOf: NameOf) => string)(entry, nameOf);
}

/** The author's name, with the server when it is another one. */
export function who(entry: Pick<RawEntry, 'name' | 'server' | 'clerk'>): string {
  if (entry.clerk && entry.name === '') return 'the server';
  return entry.server === undefined ? entry.name : `${entry.name}:${entry.server}`;
}

const whom = (entry: Pick<RawEntry, 'subjectName'>): string => entry.subjectName || 'somebody';

function ofTarget(entry: { target?: { user: string } }, nameOf: NameOf, otherwise: string): string {
  const name = entry.target && nameOf(entry.target.user);
  return name === undefined ? otherwise : `a message of ${name}`;
}

const because = (reason: string | undefined): string => (reason ? ` (${reason})` : '');
const span = (durationMs: number | undefined): string =>
  durationMs === undefined ? '' : ` for ${durationWords(durationMs)}`;

function memberWords(entry: EntryOf<'member'>): string {
  const author = who(entry);
  const subject = whom(entry);
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
