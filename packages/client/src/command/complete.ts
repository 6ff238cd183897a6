/** Completion while one types, the same for people, rooms, emoji, commands and their arguments. Pure. */
import { type Person, roles } from '@parley/protocol';
import { roomLabel } from '../address.ts';
import type { RoomSummary, ServerNames } from '../api.ts';
import { type Emoji, emojiTable } from './emoji.ts';
import { type Command, commandList, findCommand, usageOf } from './registry.ts';

export interface CompletionContext {
  people?: readonly Person[];
  rooms?: readonly Pick<RoomSummary, 'view' | 'server'>[];
  /** What the servers of people from elsewhere are called. */
  servers?: Pick<ServerNames, 'labelOf'>;
  /** Default: all of them. */
  commands?: readonly Command[];
  emoji?: readonly Emoji[];
  /** Most items, default 8. */
  limit?: number;
}

export interface CompletionItem {
  kind: 'person' | 'room' | 'emoji' | 'command' | 'role';
  label: string;
  detail: string;
  /** What takes the place of the text from `from` to `to`, a space after it included. */
  insert: string;
  /** Of a person: the id. */
  user?: string;
}

export interface Completion {
  from: number;
  to: number;
  items: CompletionItem[];
}

interface Candidate {
  item: CompletionItem;
  names: readonly string[];
}

/** What may become of the word at `cursor`; undefined when nothing there can be completed. */
export function complete(text: string, cursor: number, context: CompletionContext = {}): Completion | undefined {
  const begun = /(?:^|[\s([{"'])([@#:/]?)([^\s@#/]{0,64})$/u.exec(text.slice(0, cursor));
  if (!begun) return undefined;
  const [, trigger = '', query = ''] = begun;
  const from = cursor - trigger.length - query.length;
  if (trigger === '/' && from !== 0) return undefined;
  const candidates = trigger === '' ? argumentsAt(text, from) : triggered(trigger, query, context);
  const items = ranked(query, candidates, context.limit ?? 8);
  return items.length === 0 ? undefined : { from, to: cursor, items };
}

function triggered(trigger: string, query: string, context: CompletionContext): Candidate[] {
  if (trigger === '@') {
    const partners = (context.rooms ?? []).flatMap(({ view }) => (view.direct ? [view.direct.person] : []));
    const people = new Map([...partners, ...(context.people ?? [])].map((person) => [person.id, person]));
    return [...people.values()].map((person) => personItem(person, context.servers));
  }
  if (trigger === '#') return (context.rooms ?? []).flatMap(roomItem);
  if (trigger === '/') return (context.commands ?? commandList).map(commandItem);
  return query.length < 2 ? [] : (context.emoji ?? emojiTable).map(emojiItem);
}

/** Words that an argument of the command before may be. */
function argumentsAt(text: string, from: number): Candidate[] {
  const [name = '', ...words] = text.slice(0, from).trim().split(/\s+/);
  const command = name.startsWith('/') ? findCommand(name.slice(1)) : undefined;
  const kind = command?.arguments[words.length]?.kind;
  if (kind === 'role')
    return roles.map((role) => ({
      item: { kind: 'role', label: role, detail: '', insert: `${role} ` },
      names: [role],
    }));
  if (kind === 'command')
    return commandList.map((one) => ({
      ...commandItem(one),
      item: { ...commandItem(one).item, insert: `${one.name} ` },
    }));
  return [];
}

function personItem({ id, name, display, server }: Person, servers: CompletionContext['servers']): Candidate {
  const at = servers?.labelOf(id, server) ?? server;
  const full = at === undefined ? name : `${name}:${at}`;
  const names = display === undefined ? [name, full] : [name, full, display];
  return {
    item: { kind: 'person', label: `@${full}`, detail: display ?? '', insert: `@${full} `, user: id },
    names,
  };
}

function roomItem(room: Pick<RoomSummary, 'view' | 'server'>): Candidate[] {
  const { alias, title } = room.view;
  if (alias === undefined) return [];
  const label = roomLabel(room);
  return [{ item: { kind: 'room', label, detail: title, insert: `${label} ` }, names: [alias, label.slice(1), title] }];
}

function commandItem(command: Command): Candidate {
  const { name, about, aliases } = command;
  return {
    item: { kind: 'command', label: usageOf(command), detail: about, insert: `/${name} ` },
    names: [name, ...aliases],
  };
}

const emojiItem = ({ name, emoji }: Emoji): Candidate => ({
  item: { kind: 'emoji', label: `${emoji} :${name}:`, detail: '', insert: `${emoji} ` },
  names: [name],
});

/** Whole names first, then beginnings, then beginnings of words, then anything inside. */
function ranked(query: string, candidates: readonly Candidate[], limit: number): CompletionItem[] {
  const wanted = folded(query);
  return candidates
    .map(({ item, names }) => ({ item, score: Math.max(...names.map((name) => scoreOf(wanted, folded(name)))) }))
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score || a.item.label.length - b.item.label.length || (a.item.label < b.item.label ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ item }) => item);
}

function scoreOf(wanted: string, name: string): number {
  if (wanted === '') return 1;
  const at = name.indexOf(wanted);
  if (at < 0) return 0;
  if (at === 0) return name === wanted ? 4 : 3;
  return /[\s._-]/.test(name[at - 1] ?? '') ? 2 : 1;
}

/** Small letters without accents, so that `tomas` finds `Tomás`. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
