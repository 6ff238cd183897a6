/** A client without a server: sample rooms, people and failures, for developing and testing screens. Never in the built app. */
import { type ActRef, type Client, readRoom, type Status } from '@parley/client';
import { type ErrorCode, type Payload, Refusal, type Reply, type RequestName } from '@parley/protocol';
import { fakeChannels } from './channels.ts';
import { people, samplePublicRooms } from './data.ts';
import { sampleKeys } from './keys.ts';
import { answers } from './requests.ts';
import type { FakeRoom } from './room.ts';
import { fakeServers, serverNamed } from './servers.ts';
import { createState, type FakeOptions, isWith, type Part, type State } from './state.ts';

export type { FakeOptions } from './state.ts';

export interface FakeClient extends Client {
  room(idOrAlias: string): FakeRoom | undefined;
  setStatus(status: Status): void;
}

export function createFakeClient(options: FakeOptions = {}): FakeClient {
  const state = createState(options);
  const { status, server, me, rooms, invitations, outbox } = state;
  let drawn = 0;
  return {
    status,
    server,
    me,
    rooms,
    invitations,
    outbox,
    servers: fakeServers(),
    notice: state.notice,
    ...fakeChannels(state),
    ...sampleKeys,
    ...entering(state),
    ...requesting(state),
    ...joining(state),
    ...sending(state),
    async *events() {},
    room: state.find,
    person: (user) => people.find(({ id }) => id === user),
    peopleNamed: (name) => people.filter((person) => person.name === name),
    newClientId: () => `c${++drawn}`,
    setPresence() {},
    reconnect() {
      if (status.get().state === 'offline') status.set({ state: 'connecting', attempt: 2 });
    },
    setStatus(next) {
      status.set(next);
      if (next.state === 'online') for (const room of state.held.values()) room.flush();
    },
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

type Ways = 'start' | 'register' | 'signIn' | 'signInWithKey' | 'guest' | 'resume' | 'signOut';

function entering(state: State): Part<Ways> {
  const enter = async () => {
    await state.pause();
    const person = state.fill();
    state.status.set({ state: 'online' });
    return person;
  };
  const refuse = async (code: ErrorCode): Promise<never> => {
    await state.pause();
    throw new Refusal(code);
  };
  return {
    async start() {
      if (state.status.get().state === 'closed') state.status.set({ state: 'anonymous' });
      await state.pause();
    },
    register: ({ name }) => (name === 'taken' ? refuse('name-taken') : enter()),
    signIn: ({ password }) => (password === 'wrong' ? refuse('bad-credentials') : enter()),
    signInWithKey: enter,
    guest: enter,
    resume: enter,
    async signOut() {
      state.me.set(undefined);
      state.held.clear();
      state.changed();
      state.status.set({ state: 'anonymous' });
    },
  };
}

function requesting(state: State): Part<'request'> {
  const replies = answers(state.now, state.links);
  return {
    async request<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>> {
      await state.pause();
      if (!state.online()) throw new Refusal('unavailable');
      const answer = replies[name] as ((payload: Payload<N>) => Reply<N>) | undefined;
      const me = state.me.get();
      if (name === 'room.leave') state.invitations.set([]);
      if (name === 'account.setProfile' && me) state.me.set({ ...me, ...(payload as { display: string }) });
      const done = { outcome: 'entry', term: 1, seq: 1, at: state.now() };
      return answer ? answer(payload) : (done as unknown as Reply<N>);
    },
  };
}

function joining(state: State): Part<'resolve' | 'join' | 'create' | 'direct'> {
  const resolve = (typed: string) => {
    if (typed.startsWith('@')) {
      const asked = state.invitations.get().find((each) => isWith(each, typed));
      if (!asked) throw new Refusal('not-found');
      return asked;
    }
    const address = readRoom(typed) ?? { id: '', server: undefined };
    const server = address.server === undefined ? undefined : serverNamed(address.server);
    const known = [...samplePublicRooms(state.now(), server), ...state.invitations.get()];
    const view = known.find((each) => ('id' in address ? each.id === address.id : each.alias === address.alias));
    if (!view) throw new Refusal('not-found');
    return view;
  };
  return {
    async resolve(typed) {
      await state.pause();
      return resolve(typed);
    },
    async join(typed) {
      await state.pause();
      const view = resolve(typed);
      state.invitations.set(state.invitations.get().filter(({ id }) => id !== view.id));
      return state.add({ ...view, me: { membership: 'member', role: 'member' } });
    },
    async direct(typed) {
      await state.pause();
      const held = [...state.held.values()].find(
        ({ summary }) => summary.get().view.direct?.person.id === typed || isWith(summary.get().view, typed),
      );
      if (!held) throw new Refusal('not-found');
      return held;
    },
    async create(details) {
      await state.pause();
      const [model] = samplePublicRooms(state.now());
      if (!model || state.find(details.alias)) throw new Refusal('name-taken');
      const { retentionDays: _kept, ...rest } = details;
      const id = model.id.slice(0, 40) + String(state.held.size).padStart(12, '2');
      const own = { members: 1, createdAt: state.now(), me: { membership: 'member', role: 'owner' } } as const;
      return state.add({ ...model, ...rest, ...own, id });
    },
  };
}

function sending(state: State): Part<'retry' | 'discard'> {
  const without = (act: ActRef) => state.outbox.get().filter(({ clientId }) => clientId !== act.clientId);
  return {
    async retry(act) {
      state.outbox.set(without(act));
      for (const room of state.held.values()) room.flush();
    },
    async discard(act) {
      state.outbox.set(without(act));
      const room = state.held.get(act.room);
      room?.rows.set(room.rows.get().filter((row) => row.key !== act.clientId));
    },
  };
}
