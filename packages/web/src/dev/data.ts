/** Sample people, rooms and talk for developing and testing screens. Drawn from a seed: the same on every run. */

import type { ServerName } from '@parley/client';
import { type EntryOf, type Person, type Role, type RoomView, toBase32 } from '@parley/protocol';
import { chat, kanto, nameless, ownServer } from './servers.ts';

/** Mulberry32: small, seeded, good enough for sample data. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const idOf = (seed: number, bytes: number): string => {
  const random = seeded(seed);
  return toBase32(Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256)));
};

export const serverId = ownServer;

export interface SamplePerson extends Person {
  role: Role;
  status: 'online' | 'away' | 'offline';
}

function personOf(
  index: number,
  name: string,
  role: Role,
  status: SamplePerson['status'],
  { from, ...more }: Partial<Person> & { from?: ServerName } = {},
): SamplePerson {
  const id = `${idOf(100 + index, 10)}.${from?.id ?? serverId}`;
  // A server that knows no names tells the beginning of the key.
  return { id, name, kind: 'person', role, status, ...(from && { server: from.id.slice(0, 8) }), ...more };
}

export const people: readonly SamplePerson[] = [
  personOf(0, 'ilvi', 'moderator', 'online', { display: 'Ilvi' }),
  personOf(1, 'mira', 'owner', 'online', { display: 'Mira' }),
  personOf(2, 'jun', 'admin', 'online', { display: 'Jun' }),
  personOf(3, 'ilse', 'moderator', 'away', { display: 'Ilse' }),
  personOf(4, 'hana', 'member', 'online', { display: 'Hana', from: kanto }),
  personOf(5, 'kofi', 'member', 'offline', { display: 'Kofi' }),
  personOf(6, 'lena', 'member', 'online', { display: 'Lena' }),
  personOf(7, 'noor', 'member', 'online', { display: 'Noor' }),
  personOf(8, 'samir', 'member', 'away', { display: 'سمير وليلى', from: nameless }),
  personOf(9, 'tomas', 'member', 'away', { display: 'Tomás', from: chat }),
  personOf(10, 'tide-bot', 'member', 'online', { kind: 'bot' }),
  personOf(11, 'heron-4417', 'guest', 'online', { kind: 'guest' }),
  personOf(12, 'a-very-long-name-that-somebody-had', 'member', 'offline', {
    display: 'Wolfeschlegelsteinhausenbergerdorff the Elder of the East Quay',
  }),
];
export const me: SamplePerson = people[0]!;

/** What the talk is made of: languages, Markdown, right to left, long words, code. */
export const texts: readonly string[] = [
  'Kurze Frage an alle: Der Fahrplan-Import bricht seit dem Update bei Zeile 4112 ab. Sieht das noch jemand?',
  'Die Spalte `abfahrt` ist jetzt manchmal leer. Vorher stand dort *immer* eine Zeit.',
  "Same here. The feed now leaves the time empty for ferries that run **on request**. This gets past it until the parser knows better:\n\n```ts\nconst departures = rows\n  .filter((row) => row.departs !== '')  // on request: no time\n  .map((row) => ({ ...row, at: parse(row.departs, zone) }));\n```",
  'Fog since four. If it stays, the radio link to the lighthouse goes first.',
  'رائع، جرّبته الآن على خادم الاختبار وظهرت كل الرحلات. شكرًا!',
  'おはようございます。東桟橋の中継器は7時40分に復旧しました。夜間の遅延は最大14秒、取りこぼしはありません。',
  'could you post the tide table before the 10:30 ferry? The east quay is dry at low water.',
  'Here it is, from the harbour office: <https://tides.example.net/november>',
  'Could we keep the row and print “by request” instead of dropping it?',
  'Yes. `departs: null` and the board decides how to say it. I’ll open a change.',
  'Attention, le panneau du quai ouest coupe après 24 caractères.',
  '„auf Anfrage“ sind elf. Passt.',
  '👍',
  'ok',
  '| Ferry | Leaves | Quay |\n| --- | --- | --- |\n| 1 | 08:10 | east |\n| 2 | 09:40 | east |\n| 3 | 10:30 | **west** |',
  '1. Check the relay\n2. Call Kofi\n3. Write it down\n\n> If the light is red, wait.',
  'The whole log is at https://example.net/a/very/long/path/that/never/ends/and/goes/on/and/on?with=query&and=more and it is long.',
  '<script>alert(1)</script> <b>not bold</b>, just text',
  'Allí estaré 🌊',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
];

export interface SampleRoom {
  view: RoomView;
  messages: number;
  unread: number;
  mentions: number;
  draft: string;
  days: number;
}

const permissions = {} as RoomView['permissions'];
function roomOf(
  index: number,
  now: number,
  alias: string,
  more: Partial<Omit<SampleRoom, 'view'>> & { view?: Partial<RoomView> },
) {
  const { view, ...rest } = more;
  const messages = rest.messages ?? 24;
  const full: RoomView = {
    id: idOf(500 + index, 32),
    alias,
    title: '',
    topic: '',
    head: { term: 1, seq: messages },
    joinRule: 'public',
    listed: true,
    history: 'all',
    slowModeMs: 0,
    permissions,
    members: people.length,
    createdAt: now - 90 * 86_400_000,
    me: { membership: 'member', role: me.role },
    ...view,
  };
  return { messages, unread: 0, mentions: 0, draft: '', days: 30, ...rest, view: full } satisfies SampleRoom;
}

export function sampleRooms(now: number): SampleRoom[] {
  const topic = 'Relays, ferries and the odd fire. On call this week: Jun';
  const invite = { joinRule: 'invite', listed: false } as const;
  return [
    roomOf(0, now, 'ops', { view: { topic }, messages: 2_000, unread: 7, mentions: 1, days: 60 }),
    roomOf(1, now, 'design', { unread: 7, view: { title: 'Design', topic: 'Pixels and paper', server: chat.id } }),
    roomOf(2, now, 'general', { messages: 600, unread: 31 }),
    roomOf(3, now, 'garden', {
      messages: 0,
      view: { members: 1, createdAt: now - 60_000, me: { membership: 'member', role: 'owner' } },
    }),
    roomOf(4, now, 'boats-for-sale', { view: { slowModeMs: 60_000 } }),
    roomOf(5, now, 'übersetzung', { unread: 4 }),
    roomOf(6, now, '潮見表', { view: { server: kanto.id } }),
    roomOf(7, now, 'kitchen', { draft: 'Who has the key to the', view: invite }),
    roomOf(8, now, 'releases', {
      view: { ...invite, title: 'Releases and what went wrong with them last time we tried' },
    }),
    roomOf(9, now, 'harbour-board', {
      view: {
        ...invite,
        title: 'Harbour board',
        me: { membership: 'member', role: 'member', mutedUntil: now + 3_600_000 },
      },
    }),
  ];
}

export const sampleInvitations = (now: number): RoomView[] => [
  roomOf(40, now, 'lighthouse', {
    view: {
      joinRule: 'invite',
      listed: false,
      title: 'Lighthouse keepers',
      members: 4,
      me: { membership: 'invited', invitedBy: people[1]!.id },
    },
  }).view,
];

const publicNames = ['tides', 'seagulls', 'bridge-club', 'chess', 'lost-and-found', 'market'];
const namesElsewhere = ['relays', 'night-watch'];

/** Public rooms that one is not in, of a server. */
export const samplePublicRooms = (now: number, server?: ServerName): RoomView[] =>
  (server ? namesElsewhere : publicNames).map(
    (alias, index) =>
      roomOf(60 + index + (server ? server.id.charCodeAt(0) : 0), now, alias, {
        view: {
          ...(server && { server: server.id }),
          members: 3 + index * 11,
          topic: index % 2 ? '' : `All about ${alias}`,
          joinRule: alias === 'bridge-club' ? 'knock' : 'public',
          me: { membership: 'none' },
        },
      }).view,
  );

export type MemberEntry = EntryOf<'member'>;
