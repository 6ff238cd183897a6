/** What the sample client holds: cells that screens watch, and its rooms. */
import {
  type Client,
  type MessageRow,
  type OutboxRow,
  type RoomSummary,
  readPerson,
  readRoom,
  type ServerInfo,
  type Status,
} from '@parley/client';
import type { RoomView, ServerNotice, SignedIn } from '@parley/protocol';
import { type Cell, cell } from '../service/cell.ts';
import { me, sampleInvitations, sampleRooms, serverId } from './data.ts';
import { sampleConversations, sampleRequests } from './direct.ts';
import type { SampleLinks } from './links.ts';
import { type FakeRoom, fakeRoom, type Surroundings } from './room.ts';
import { pendingRows, queuedRows } from './rows.ts';

export interface FakeOptions {
  /** Default true. */
  signedIn?: boolean;
  signUp?: 'open' | 'invite';
  /** Default many. */
  rooms?: 'many' | 'none';
  serverRole?: SignedIn['serverRole'];
  kind?: SignedIn['kind'];
  status?: Status;
  /** Latency of everything, default 150. */
  delayMs?: number;
  /** Whether the server has said hello, default true. */
  known?: boolean;
  now?: () => number;
  /** Messages that wait or failed stand in #ops. */
  pending?: boolean;
  /** Default many. */
  links?: SampleLinks;
  /** Whether a notice stands. */
  notice?: boolean;
}

export interface State {
  status: Cell<Status>;
  me: Cell<SignedIn | undefined>;
  server: Cell<ServerInfo | undefined>;
  rooms: Cell<readonly RoomSummary[]>;
  invitations: Cell<readonly RoomView[]>;
  outbox: Cell<readonly OutboxRow[]>;
  held: Map<string, FakeRoom>;
  links: SampleLinks;
  notice: Cell<ServerNotice | undefined>;
  now(): number;
  online(): boolean;
  pause(): Promise<void>;
  changed(): void;
  /** Signs in as the sample person, with their rooms. */
  fill(): SignedIn;
  add(view: RoomView): FakeRoom;
  /** By id or name, whatever its server. */
  find: (typed: string) => FakeRoom | undefined;
}

const sampleNotice =
  'The harbour moves to a new machine tonight at 22:00 UTC. It is away for ten minutes; what you write then waits and goes out in order.';

const signedIn = (options: FakeOptions): SignedIn => ({
  token: 'sample',
  session: 'aaaaaaaaaaaaaaaa',
  user: me.id,
  name: me.name,
  display: me.display ?? me.name,
  kind: options.kind ?? 'person',
  serverRole: options.serverRole ?? 'owner',
});

const outboxRow = (room: string, { clientId, at, state, code, retryAt }: MessageRow): OutboxRow => ({
  clientId,
  room,
  request: 'message.send',
  payload: {},
  at,
  state: state === 'sent' ? 'waiting' : state,
  ...(code && { code }),
  ...(retryAt !== undefined && { retryAt }),
});

export function createState(options: FakeOptions): State {
  const { now = Date.now, delayMs = 150, pending = true, signedIn: isIn = true } = options;
  const hello: ServerInfo = {
    server: { id: serverId, name: 'harbour.example', network: 'parley' },
    signUp: options.signUp ?? 'open',
    guests: true,
    features: [],
  };
  const held = new Map<string, FakeRoom>();
  const state: State = {
    status: cell<Status>(options.status ?? { state: isIn ? 'online' : 'anonymous' }),
    me: cell<SignedIn | undefined>(undefined),
    server: cell(options.known === false ? undefined : hello),
    rooms: cell<readonly RoomSummary[]>([]),
    invitations: cell<readonly RoomView[]>([]),
    outbox: cell<readonly OutboxRow[]>([]),
    held,
    links: options.links ?? 'many',
    notice: cell(options.notice === true ? { text: sampleNotice, at: now() - 3_600_000 } : undefined),
    now,
    online: () => state.status.get().state === 'online',
    pause: () => new Promise((resolve) => setTimeout(resolve, delayMs)),
    changed: () => state.rooms.set([...held.values()].map((room) => room.summary.get())),
    fill() {
      const person = signedIn(options);
      state.me.set(person);
      if (options.rooms !== 'none') fillRooms(state, around, pending);
      return person;
    },
    add(view) {
      const room = fakeRoom({ view, messages: 0, unread: 0, mentions: 0, draft: '', days: 1 }, around, []);
      held.set(view.id, room);
      state.changed();
      return room;
    },
    find(typed) {
      if (typed.startsWith('@')) return [...held.values()].find(({ summary }) => isWith(summary.get().view, typed));
      const address = readRoom(typed);
      if (!address || 'id' in address) return address && held.get(address.id);
      return [...held.values()].find(({ summary }) => summary.get().view.alias === address.alias);
    },
  };
  const around: Surroundings = {
    now,
    delayMs,
    online: state.online,
    leave: (room) => void (held.delete(room) && state.changed()),
    changed: state.changed,
  };
  if (isIn) state.fill();
  return state;
}

function fillRooms(state: State, around: Surroundings, pending: boolean): void {
  const now = state.now();
  const waiting: Record<string, MessageRow[]> = pending ? { ops: pendingRows(now), design: queuedRows(now) } : {};
  for (const sample of [...sampleRooms(now), ...sampleConversations(now)]) {
    const rows = waiting[sample.view.alias ?? ''] ?? [];
    state.held.set(sample.view.id, fakeRoom(sample, around, rows));
    state.outbox.set([...state.outbox.get(), ...rows.map((row) => outboxRow(sample.view.id, row))]);
  }
  state.invitations.set([...sampleInvitations(now), ...sampleRequests(now)]);
  state.changed();
}

/** Whether a conversation is with `@name`, whatever their server. */
export const isWith = ({ direct }: RoomView, typed: string): boolean =>
  direct !== undefined && direct.person.name === readPerson(typed)?.name;

export type Part<K extends keyof Client> = Pick<Client, K>;
