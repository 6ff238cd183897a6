/** What the switcher can find: rooms and people here at once, other ones when the server answers, and commands. */
import { type Client, type RoomSummary, readPerson, readRoom } from '@parley/client';
import { alias, check, normalizeChannel, type Person, readKeyAddress } from '@parley/protocol';
import { type PlacedRoom, placed, roomTag, shownName } from '../ui/name.ts';
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
  | { type: 'public'; id: string; room: PlacedRoom }
  /** A room by its full name, whether or not it is there. */
  | { type: 'address'; id: string; label: string }
  /** An ephemeral channel; `isNew`: one does not listen to it. */
  | { type: 'channel'; id: string; name: string; isNew: boolean }
  /** Whoever holds a key. */
  | { type: 'key'; id: string; address: string }
  | { type: 'person'; id: string; person: Person }
  | { type: 'command'; id: string; command: Command };
export interface HitGroup {
  value: string;
  items: Hit[];
}
export interface Remote {
  rooms: readonly PlacedRoom[];
  people: readonly Person[];
}

const most = { rooms: 8, channels: 5, public: 5, people: 6, commands: 6, onlyCommands: 50 } as const;

/** Groups without hits are left out. Without a query: rooms with something new, then the others; a few commands. */
export function hitsOf(
  typed: string,
  rooms: readonly RoomSummary[],
  remote: Remote,
  commands: readonly Command[],
  /** Channels that one listens to. */
  channels: readonly string[] = [],
): HitGroup[] {
  const { only, text } = readQuery(typed);
  const wants = (sign: string) => only === undefined || only === sign;
  const there = wants('#') ? addressOf(only, text) : undefined;
  const byNews = rooms.toSorted((a, b) => newsOf(b) - newsOf(a));
  const asked =
    only === undefined ? byNews : byNews.filter(({ view }) => (view.direct !== undefined) === (only === '@'));
  const mine = wants('#') || wants('@') ? best(asked, text, roomTexts, most.rooms) : [];
  const others = wants('#')
    ? best(remote.rooms, there?.alias ?? text, roomTexts, most.public).filter(
        ({ view: { id } }) => !rooms.some(({ view }) => view.id === id),
      )
    : [];
  const isFound = [...mine, ...others].some((room) => roomTag(room) === there?.label);
  const people =
    wants('@') && (text || only)
      ? best(strangers(remote.people, mine), readPerson(text)?.name ?? text, personTexts, most.people)
      : [];
  const acts = wants('/')
    ? best(inOrder(commands, only), text, commandTexts, only ? most.onlyCommands : most.commands)
    : [];
  const groups: HitGroup[] = [
    { value: 'Your rooms', items: mine.map((summary) => ({ type: 'room', id: summary.view.id, summary })) },
    { value: othersOf(there), items: others.map((room) => ({ type: 'public', id: room.view.id, room })) },
    {
      value: 'By its name',
      items: there && !isFound ? [{ type: 'address', id: there.label, label: there.label }] : [],
    },
    { value: 'Channels, of which nothing is stored', items: wants('~') ? channelHits(only, text, channels) : [] },
    { value: 'By their key', items: keyHits(typed) },
    { value: 'People', items: people.map((person) => ({ type: 'person', id: person.id, person })) },
    { value: 'Commands', items: acts.map((command) => ({ type: 'command', id: command.label, command })) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** Those that one listens to; after `~` also the one that is named, whatever its name. */
function channelHits(only: string | undefined, text: string, channels: readonly string[]): Hit[] {
  const hit = (name: string, isNew: boolean): Hit => ({ type: 'channel', id: `~${name}`, name, isNew });
  const found = best(channels, text, (name) => [name], most.channels).map((name) => hit(name, false));
  const named = normalizeChannel(text);
  const isNamed = only === '~' && check(alias, named).ok && !channels.includes(named);
  return isNamed ? [...found, hit(named, true)] : found;
}

/** Whom one writes to already stands among one's rooms. */
function strangers(people: readonly Person[], mine: readonly RoomSummary[]): Person[] {
  const held = new Set(mine.map(({ view }) => view.direct?.person.id));
  return people.filter(({ id }) => !held.has(id));
}

/** Only the whole address means somebody. */
function keyHits(typed: string): Hit[] {
  const address = typed.trim().replace(/^@/, '');
  return readKeyAddress(address) ? [{ type: 'key', id: address, address }] : [];
}

interface There {
  alias: string;
  server: string;
  /** As `#ops:chat.example.org`. */
  label: string;
}

/** The room of another server that is meant; without `#` only where the server has a name in DNS. */
function addressOf(only: string | undefined, text: string): There | undefined {
  const address = readRoom(text);
  if (!address || 'id' in address || address.server === undefined) return undefined;
  const { alias, server } = address;
  return only === '#' || server.includes('.') ? { alias, server, label: `#${alias}:${server}` } : undefined;
}

const othersOf = (there: There | undefined): string =>
  there ? `Other rooms of ${there.server}` : 'Other rooms of this server';

const newsOf = ({ mentions, unread }: RoomSummary): number => (mentions > 0 ? 2 : unread > 0 ? 1 : 0);
/** Who types `/` means what begins with it; else it comes last. */
function inOrder(commands: readonly Command[], only: string | undefined): readonly Command[] {
  const isFirst = (command: Command) => (command.slash !== undefined) === (only === '/');
  return [...commands.filter(isFirst), ...commands.filter((command) => !isFirst(command))];
}

const commandTexts = ({ label, names = [] }: Command): readonly string[] => [...names, label];
const roomTexts = (room: PlacedRoom): string[] => {
  const { direct, title } = room.view;
  return direct ? [title, direct.person.name] : [roomTag(room).slice(1), title];
};
const personTexts = (person: Person): string[] => [person.name, shownName(person)];

/** Asks the server for rooms and people that are not here; what it refuses is simply not found. */
export async function askServer(client: Client, typed: string, guest: boolean, signal: AbortSignal): Promise<Remote> {
  const { only, text } = readQuery(typed);
  const there = only === '@' ? readPerson(text) : addressOf(only, text);
  const query = (there ? ('alias' in there ? there.alias : there.name) : text).slice(0, 64);
  const ask = async <T>(wanted: boolean, request: () => Promise<T[]>): Promise<T[]> =>
    wanted ? request().catch(() => []) : [];
  const [rooms, people] = await Promise.all([
    ask(only !== '@' && only !== '~' && only !== '/' && query !== '', async () => {
      const payload = { query: query.toLowerCase(), limit: 10, ...at(client, there?.server) };
      const { rooms: found } = await client.request('room.list', payload, { signal });
      return found.map((view) => placed(client, view));
    }),
    ask(only !== '#' && only !== '~' && only !== '/' && query !== '' && !guest, async () => {
      const payload = { prefix: query.toLowerCase(), ...at(client, there?.server) };
      return (await client.request('user.find', payload, { signal })).people;
    }),
  ]);
  return { rooms, people };
}

function at(client: Client, typed: string | undefined): { server?: string } {
  const server = typed === undefined ? undefined : client.servers.elsewhere(typed);
  return server === undefined ? {} : { server };
}
