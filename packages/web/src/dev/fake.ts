/** A client without a server: sample rooms, people and failures, for developing and testing screens. Never in the built app. */
import type { Client, OutboxRow, RoomSummary, ServerInfo, Status } from '@parley/client';
import { type Payload, Refusal, type Reply, type RequestName, type RoomView, type SignedIn } from '@parley/protocol';
import { cell } from './cell.ts';
import { me, people, sampleInvitations, samplePublicRooms, sampleRooms, serverId } from './data.ts';
import { answers } from './requests.ts';
import { type FakeRoom, fakeRoom, type Surroundings } from './room.ts';

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
}

export interface FakeClient extends Client {
  room(idOrAlias: string): FakeRoom | undefined;
  setStatus(status: Status): void;
}

const signedIn = (options: FakeOptions): SignedIn => ({
  token: 'sample',
  session: 'aaaaaaaaaaaaaaaa',
  user: me.id,
  name: me.name,
  display: me.display ?? me.name,
  kind: options.kind ?? 'person',
  serverRole: options.serverRole ?? 'owner',
});

const outboxRow = (room: string, at: number, index: number, state: OutboxRow['state']): OutboxRow => ({
  clientId: `p${index}`,
  room,
  request: 'message.send',
  payload: {},
  at,
  state,
  ...(state === 'failed' ? { code: 'too-fast' as const, retryAt: at + 60_000 } : {}),
});

export function createFakeClient(options: FakeOptions = {}): FakeClient {
  const { now = Date.now, delayMs = 150, pending = true } = options;
  const isIn = options.signedIn ?? true;
  const status = cell<Status>(options.status ?? { state: isIn ? 'online' : 'anonymous' });
  const account = cell<SignedIn | undefined>(isIn ? signedIn(options) : undefined);
  const hello: ServerInfo = {
    server: { id: serverId, name: 'harbour.example', network: 'parley' },
    signUp: options.signUp ?? 'open',
    guests: true,
    features: [],
  };
  const server = cell(options.known === false ? undefined : hello);
  const held = new Map<string, FakeRoom>();
  const summaries = cell<readonly RoomSummary[]>([]);
  const changed = () => summaries.set([...held.values()].map((room) => room.summary.get()));
  const invitations = cell<readonly RoomView[]>([]);
  const outbox = cell<readonly OutboxRow[]>([]);
  const around: Surroundings = {
    now,
    delayMs,
    online: () => status.get().state === 'online',
    leave: (room) => void (held.delete(room) && changed()),
    changed,
  };
  const fill = () => {
    if (options.rooms === 'none') return;
    for (const sample of sampleRooms(now()))
      held.set(sample.view.id, fakeRoom(sample, around, pending && sample.view.alias === 'ops'));
    invitations.set(sampleInvitations(now()));
    const ops = [...held.values()][0]!.id;
    if (pending)
      outbox.set((['waiting', 'sending', 'failed'] as const).map((state, at) => outboxRow(ops, now(), at, state)));
    changed();
  };
  if (isIn) fill();
  const enter = async () => {
    await pause(delayMs);
    account.set(signedIn(options));
    fill();
    status.set({ state: 'online' });
    return account.get()!;
  };
  const find = (idOrAlias: string) => {
    const alias = idOrAlias.replace(/^#/, '');
    return [...held.values()].find(({ id, summary }) => id === idOrAlias || summary.get().view.alias === alias);
  };
  const add = (view: RoomView) => {
    held.set(view.id, fakeRoom({ view, messages: 0, unread: 0, mentions: 0, draft: '', days: 1 }, around, false));
    changed();
    return held.get(view.id)!;
  };
  const replies = answers(now);
  let drawn = 0;
  return {
    status,
    server,
    me: account,
    rooms: summaries,
    invitations,
    outbox,
    async start() {
      if (status.get().state === 'closed') status.set({ state: 'anonymous' });
      await pause(delayMs);
    },
    register: ({ name }) => (name === 'taken' ? refuse('name-taken', delayMs) : enter()),
    signIn: ({ password }) => (password === 'wrong' ? refuse('bad-credentials', delayMs) : enter()),
    signInWithKey: enter,
    guest: enter,
    resume: enter,
    async signOut() {
      account.set(undefined);
      held.clear();
      changed();
      status.set({ state: 'anonymous' });
    },
    async request<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>> {
      await pause(delayMs);
      if (!around.online()) throw new Refusal('unavailable');
      const answer = replies[name] as ((payload: Payload<N>) => Reply<N>) | undefined;
      if (name === 'room.leave') invitations.set([]);
      if (name === 'account.setProfile') account.set({ ...account.get()!, ...(payload as { display: string }) });
      return answer ? answer(payload) : ({ outcome: 'entry', term: 1, seq: 1, at: now() } as unknown as Reply<N>);
    },
    async *events() {},
    room: find,
    async join(idOrAlias) {
      await pause(delayMs);
      const known = [...samplePublicRooms(now()), ...invitations.get()];
      const view = known.find(({ id, alias }) => id === idOrAlias || alias === idOrAlias.replace(/^#/, ''));
      if (!view) throw new Refusal('not-found');
      invitations.set(invitations.get().filter(({ id }) => id !== view.id));
      return add({ ...view, me: { membership: 'member', role: 'member' } });
    },
    async create(details) {
      await pause(delayMs);
      if (find(details.alias)) throw new Refusal('name-taken');
      const [model] = samplePublicRooms(now());
      const { retentionDays: _kept, ...rest } = details;
      const id = model!.id.slice(0, 40) + String(held.size).padStart(12, '2');
      return add({ ...model!, ...rest, id, members: 1, createdAt: now(), me: { membership: 'member', role: 'owner' } });
    },
    person: (user) => people.find(({ id }) => id === user),
    async retry(clientId) {
      outbox.set(outbox.get().filter((row) => row.clientId !== clientId));
      for (const room of held.values()) room.flush();
    },
    async discard(clientId) {
      const gone = outbox.get().find((row) => row.clientId === clientId);
      outbox.set(outbox.get().filter((row) => row !== gone));
      const room = gone && held.get(gone.room);
      room?.rows.set(room.rows.get().filter((row) => row.key !== clientId));
    },
    newClientId: () => `c${++drawn}`,
    peopleNamed: (name) => people.filter((person) => person.name === name),
    setPresence() {},
    reconnect() {
      if (status.get().state === 'offline') status.set({ state: 'connecting', attempt: 2 });
    },
    setStatus(next) {
      status.set(next);
      if (next.state === 'online') for (const room of held.values()) room.flush();
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function refuse(code: 'name-taken' | 'bad-credentials', delayMs: number): Promise<never> {
  await pause(delayMs);
  throw new Refusal(code);
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
