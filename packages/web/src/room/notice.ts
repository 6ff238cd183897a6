/** What happened in a room, in plain words: one line for each entry that is not a message. */
import type { NoticeRow } from '@parley/client';
import type { DataOf, Entry, EntryOf, MessageRef } from '@parley/protocol';
import { durationInWords } from './list.ts';

/** Words, or a name that is shown in bold. */
export type Part = string | { name: string; user?: string };
export type NoticeIcon =
  | 'join'
  | 'leave'
  | 'invite'
  | 'ban'
  | 'mute'
  | 'speak'
  | 'role'
  | 'settings'
  | 'pin'
  | 'open'
  | 'erase'
  | 'info';
export interface Notice {
  icon: NoticeIcon;
  tone: 'plain' | 'bad' | 'warn';
  parts: readonly Part[];
  /** The message that this is about. */
  about?: { seq: number } | MessageRef | undefined;
}

/** What a person's server is called, where it is not one's own. `told`: what the entry calls it. */
export type LabelOf = (user: string, told?: string) => string | undefined;

/** `me` is shown as "You". */
export function noticeOf(entry: Entry, me: string | undefined, labelOf: LabelOf = (_, told) => told): Notice {
  const who = names(entry, me);
  switch (entry.kind) {
    case 'member':
      return memberNotice(entry, who, labelOf(entry.user, entry.server));
    case 'mute': {
      const time = entry.data.durationMs ? ` for ${durationInWords(entry.data.durationMs)}` : '';
      return {
        icon: 'mute',
        tone: 'warn',
        parts: [who.actor, ' muted ', who.subject, time, ...why(entry.body?.reason)],
      };
    }
    case 'unmute':
      if (entry.clerk) return line('speak', who.subject, ' may speak again: the time is over');
      return line('speak', who.actor, ' let ', who.subject, ' speak again', ...why(entry.body?.reason));
    case 'role':
      return line('role', who.actor, ' made ', who.subject, ` ${roleWords[entry.data.role]}`);
    case 'settings':
      return line('settings', who.actor, ...settingsParts(entry));
    case 'create':
      return line('open', who.actor, ' opened this room');
    case 'pin':
      return { ...line('pin', who.actor, ' pinned a message'), about: aboutOf(entry.target) };
    case 'erase':
      return line('erase', 'Everything that ', who.subject, ' wrote here was taken away');
    case 'system':
      return line('info', entry.body?.text ?? 'This line was taken away');
    default:
      return line('info', who.actor, ' changed something here');
  }
}

/** Comings and goings of one run in one line: who came, who left, who looked in. */
export function movesOf(rows: readonly NoticeRow[], me: string | undefined, labelOf?: LabelOf): Notice {
  if (rows.length === 1) return noticeOf(rows[0]!.entry, me, labelOf);
  const state = new Map<string, { part: Part; first: string; last: string }>();
  for (const { entry } of rows) {
    if (entry.kind !== 'member') continue;
    const { change, subject } = entry.data;
    const part = names(entry, me).subject;
    state.set(subject, { part, first: state.get(subject)?.first ?? change, last: change });
  }
  const people = [...state.values()];
  const sets: [Part[], string][] = [
    [people.filter(({ first, last }) => first === 'join' && last === 'join').map(({ part }) => part), 'joined'],
    [people.filter(({ first, last }) => first === 'leave' && last === 'leave').map(({ part }) => part), 'left'],
    [people.filter(({ first, last }) => first === 'join' && last === 'leave').map(({ part }) => part), 'looked in'],
    [
      people.filter(({ first, last }) => first === 'leave' && last === 'join').map(({ part }) => part),
      'left and came back',
    ],
  ];
  const told = sets.filter(([who]) => who.length > 0);
  const parts = told.flatMap(([who, verb], at) => [...(at > 0 ? [' · '] : []), ...namesParts(who), ` ${verb}`]);
  return { icon: told[0]?.[1] === 'left' ? 'leave' : 'join', tone: 'plain', parts };
}

/** The parts as one string, for screen readers and tests. */
export const partsInWords = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : part.name)).join('');

const aboutOf = (target: Entry['target']): Notice['about'] => {
  if (target?.seq !== undefined) return { seq: target.seq };
  return target && { user: target.user, clientId: target.clientId };
};

const line = (icon: NoticeIcon, ...parts: Part[]): Notice => ({ icon, tone: 'plain', parts });
const why = (reason: string | undefined): Part[] => (reason ? [`: “${reason}”`] : []);
const roleWords = {
  owner: 'an owner',
  admin: 'an admin',
  moderator: 'a moderator',
  member: 'a member',
  guest: 'a guest',
};

function names(entry: Entry, me: string | undefined): { actor: Part; subject: Part; self: boolean } {
  const of = (user: string, name: string | undefined): Part => {
    if (user === me) return { name: 'You', user };
    return { name: name || 'Somebody', user };
  };
  const { subject = entry.user } = entry.data as { subject?: string };
  const actor = of(entry.user, entry.display ?? entry.name);
  const self = subject === entry.user;
  const named = self ? actor : of(subject, entry.subjectName);
  return { actor, subject: !self && subject === me ? { name: 'you', user: subject } : named, self };
}

function memberNotice(
  entry: EntryOf<'member'>,
  { actor, subject, self }: ReturnType<typeof names>,
  server: string | undefined,
): Notice {
  const reason = why(entry.body?.reason);
  switch (entry.data.change) {
    case 'join': {
      const from: Part[] = server ? [' from ', { name: server }] : [];
      return line('join', self ? subject : capital(subject), ' joined', ...from, entry.data.guest ? ' as a guest' : '');
    }
    case 'leave':
      return line('leave', capital(subject), ' left', ...reason);
    case 'invite':
      return line('invite', actor, ' invited ', subject);
    case 'decline':
      return line('leave', capital(subject), ' declined the invitation');
    case 'revoke':
      return line('leave', actor, ' took back the invitation of ', subject);
    case 'knock':
      return line('invite', capital(subject), ' ', isYou(subject) ? 'ask' : 'asks', ' to be let in', ...reason);
    case 'withdraw':
      return line('leave', capital(subject), ' no longer ', isYou(subject) ? 'ask' : 'asks', ' to be let in');
    case 'deny':
      return line('leave', actor, ' did not let ', subject, ' in', ...reason);
    case 'kick':
      return line('leave', actor, ' removed ', subject, ...reason);
    case 'ban': {
      const time = entry.data.durationMs ? ` for ${durationInWords(entry.data.durationMs)}` : '';
      return { icon: 'ban', tone: 'bad', parts: [actor, ' banned ', subject, time, ...reason] };
    }
    case 'unban':
      if (entry.clerk) return line('join', 'The ban of ', subject, ' has ended');
      return line('join', actor, ' lifted the ban of ', subject, ...reason);
  }
}

const isYou = (part: Part) => typeof part !== 'string' && part.name.toLowerCase() === 'you';
const capital = (part: Part): Part =>
  typeof part !== 'string' && part.name === 'you' ? { ...part, name: 'You' } : part;

function namesParts(who: readonly Part[]): Part[] {
  const shown = who.length > 4 ? who.slice(0, 3) : who;
  const rest = who.length - shown.length;
  const all: Part[] = rest > 0 ? [...shown, `${rest} others`] : [...shown];
  return all.flatMap((part, at) => (at === 0 ? [part] : [at === all.length - 1 ? ' and ' : ', ', part]));
}

const joinRuleWords = {
  public: 'anybody may join',
  invite: 'one needs an invitation to join',
  knock: 'one has to ask to be let in',
};
const historyWords = {
  'since-join': 'members read what was written since they joined',
  all: 'members read everything',
  world: 'anybody may read everything',
};

function settingsParts({ data, body }: EntryOf<'settings'>): Part[] {
  const parts: string[] = [];
  if (data.title) parts.push(body?.title ? `named the room “${body.title}”` : 'changed the name of the room');
  if (data.topic) parts.push(topicWords(body?.topic));
  if (data.alias) parts.push(`changed the room’s address to #${data.alias}`);
  parts.push(...ruleWords(data));
  if (parts.length === 0) parts.push('changed the settings of the room');
  return [` ${parts.join('; ')}`];
}

function topicWords(topic: string | undefined): string {
  if (topic === undefined) return 'changed the topic';
  return topic === '' ? 'removed the topic' : `set the topic: “${topic}”`;
}

function ruleWords(data: DataOf<'settings'>): string[] {
  const words: string[] = [];
  if (data.joinRule) words.push(`changed who may come in: ${joinRuleWords[data.joinRule]}`);
  if (data.listed !== undefined)
    words.push(data.listed ? 'put the room in the public list' : 'took the room off the public list');
  if (data.history) words.push(`changed who may read: ${historyWords[data.history]}`);
  if (data.keepForever) words.push('let messages be kept for ever');
  else if (data.retentionDays === 0) words.push('let nothing be kept on disk');
  else if (data.retentionDays !== undefined) words.push(`let messages be kept for ${data.retentionDays} days`);
  if (data.slowModeMs === 0) words.push('ended slow mode');
  else if (data.slowModeMs) words.push(`set slow mode: one message every ${durationInWords(data.slowModeMs)}`);
  if (data.permissions) words.push('changed what each role may do');
  if (data.servers) words.push('changed which servers may take part');
  return words;
}
