/** From entries of a log to what bots listen for. */
import type { Entry, EntryOf } from '@parley/protocol';

/** What each event is made of. */
export interface BotEvents {
  /** Somebody said something. */
  'message:text': EntryOf<'message'>;
  /** Somebody said what they do, by `/me`. */
  'message:action': EntryOf<'message'>;
  'message:edited': EntryOf<'edit'>;
  'message:redacted': EntryOf<'redact'>;
  'message:pinned': EntryOf<'pin'>;
  'reaction:added': EntryOf<'react'>;
  'reaction:removed': EntryOf<'unreact'>;
  'member:invited': EntryOf<'member'>;
  'member:joined': EntryOf<'member'>;
  'member:left': EntryOf<'member'>;
  /** Kicked or banned. */
  'member:removed': EntryOf<'member'>;
  'room:changed': EntryOf<'settings'>;
}
export type BotEvent = keyof BotEvents;

const ofMember: Record<string, BotEvent | undefined> = {
  invite: 'member:invited',
  join: 'member:joined',
  leave: 'member:left',
  kick: 'member:removed',
  ban: 'member:removed',
};

/** The event that an entry is; undefined for those that bots hear nothing of. */
export function eventOf(entry: Entry): BotEvent | undefined {
  switch (entry.kind) {
    case 'message':
      if (entry.data.imported || entry.body === null) return undefined;
      return entry.body.action ? 'message:action' : 'message:text';
    case 'edit':
      return entry.body === null ? undefined : 'message:edited';
    case 'redact':
      return 'message:redacted';
    case 'pin':
      return 'message:pinned';
    case 'react':
      return entry.body === null ? undefined : 'reaction:added';
    case 'unreact':
      return 'reaction:removed';
    case 'member':
      return ofMember[entry.data.change];
    case 'settings':
      return 'room:changed';
    default:
      return undefined;
  }
}

/** What the entry says, where it says something. */
export function textOf(entry: Entry): string {
  return (entry.kind === 'message' || entry.kind === 'edit') && entry.body ? entry.body.text : '';
}
