/** What the switcher can find: rooms and people here at once, other ones when the server answers, and commands. */
import type { Client, RoomSummary } from '@parley/client';
import type { Person, RoomView } from '@parley/protocol';
import { roomName, shownName } from '../ui/name.ts';
import { best, readQuery } from './match.ts';

export interface Command {
  label: string;
  /** What it is found by besides the label. */
  names?: readonly string[];
  /** Begins a line where one writes: what follows it there, and what it does. */
  slash?: { arguments: string; about: string };
  keys?: string | undefined;
  run(): void;
}
export type Hit =
  | { type: 'room'; id: string; summary: RoomSummary }
  | { type: 'public'; id: string; view: RoomView }
  | { type: 'person'; id: string; person: Person }
  | { type: 'command'; id: string; command: Command };
export interface HitGroup {
  value: string;
  items: Hit[];
}
export interface Remote {
  rooms: readonly RoomView[];
  people: readonly Person[];
}

const most = { rooms: 8, public: 5, people: 6, commands: 6, onlyCommands: 50 } as const;

/** Groups without hits are left out. Without a query: rooms with something new, then the others; a few commands. */
export function hitsOf(
  typed: string,
  rooms: readonly RoomSummary[],
  remote: Remote,
  commands: readonly Command[],
): HitGroup[] {
  const { only, text } = readQuery(typed);
  const wants = (sign: string) => only === undefined || only === sign;
  const byNews = rooms.toSorted((a, b) => newsOf(b) - newsOf(a));
  const mine = wants('#') ? best(byNews, text, ({ view }) => [roomName(view), view.title], most.rooms) : [];
  const others = wants('#')
    ? best(remote.rooms, text, (view) => [roomName(view), view.title], most.public).filter(
        ({ id }) => !rooms.some(({ view }) => view.id === id),
      )
    : [];
  const people = wants('@') && (text || only) ? best(remote.people, text, personTexts, most.people) : [];
  const acts = wants('/')
    ? best(inOrder(commands, only), text, commandTexts, only ? most.onlyCommands : most.commands)
    : [];
  const groups: HitGroup[] = [
    { value: 'Your rooms', items: mine.map((summary) => ({ type: 'room', id: summary.view.id, summary })) },
    { value: 'Other rooms of this server', items: others.map((view) => ({ type: 'public', id: view.id, view })) },
    { value: 'People', items: people.map((person) => ({ type: 'person', id: person.id, person })) },
    { value: 'Commands', items: acts.map((command) => ({ type: 'command', id: command.label, command })) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

const newsOf = ({ mentions, unread }: RoomSummary): number => (mentions > 0 ? 2 : unread > 0 ? 1 : 0);
/** Who types `/` means what begins with it; else it comes last. */
function inOrder(commands: readonly Command[], only: string | undefined): readonly Command[] {
  const isFirst = (command: Command) => (command.slash !== undefined) === (only === '/');
  return [...commands.filter(isFirst), ...commands.filter((command) => !isFirst(command))];
}

const commandTexts = ({ label, names = [] }: Command): readonly string[] => [...names, label];
const personTexts = (person: Person): string[] => [person.name, shownName(person)];

/** Asks the server for rooms and people that are not here; what it refuses is simply not found. */
export async function askServer(client: Client, typed: string, guest: boolean, signal: AbortSignal): Promise<Remote> {
  const { only, text } = readQuery(typed);
  const query = text.slice(0, 64);
  const ask = async <T>(wanted: boolean, request: () => Promise<T[]>): Promise<T[]> =>
    wanted ? request().catch(() => []) : [];
  const [rooms, people] = await Promise.all([
    ask(only !== '@' && only !== '/' && query !== '', async () => {
      const payload = { query: query.toLowerCase(), limit: 10 };
      return (await client.request('room.list', payload, { signal })).rooms;
    }),
    ask(only !== '#' && only !== '/' && query !== '' && !guest, async () => {
      return (await client.request('user.find', { prefix: query.toLowerCase() }, { signal })).people;
    }),
  ]);
  return { rooms, people };
}
