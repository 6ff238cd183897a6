/** A room of sample data: what is sent appears, is acknowledged after a moment, and waits while offline. */
import type { MessageRow, Reader, Room, RoomSummary, Row, Sent } from '@parley/client';
import { type Content, type MessageRef, type PresenceStatus, type RoomView, serverOf } from '@parley/protocol';
import { type Cell, cell } from '../service/cell.ts';
import { me, people, type SamplePerson, type SampleRoom, serverId } from './data.ts';
import { messageRow, sampleRows } from './rows.ts';
import { fakeServers } from './servers.ts';
import { fakeTimeline } from './timeline.ts';

export interface FakeRoom extends Room {
  readonly summary: Cell<RoomSummary>;
  readonly rows: Cell<readonly Row[]>;
  /** Somebody else says something now. */
  hears(text: string, from?: number): void;
  /** Sends what waited. */
  flush(): void;
}

export interface Surroundings {
  now(): number;
  online(): boolean;
  leave(room: string): void;
  changed(): void;
  delayMs: number;
}

/** The server that keeps a room, or that of whom one speaks with there, where it is another one. */
function serverIn({ direct, server }: RoomView): RoomSummary['server'] {
  const at = direct ? serverOf(direct.person.id) : server;
  return at === undefined || at === serverId ? undefined : fakeServers().of(at);
}

const summaryOf = (sample: SampleRoom): RoomSummary => ({
  view: sample.view,
  server: serverIn(sample.view),
  unread: sample.unread,
  mentions: sample.mentions,
  marker: sample.messages - sample.unread,
  last: sample.messages > 0 ? { text: 'Fog since four.', name: 'Kofi', at: 0 } : undefined,
  draft: sample.draft,
});

export function fakeRoom(sample: SampleRoom, around: Surroundings, pending: readonly MessageRow[]): FakeRoom {
  const summary = cell(summaryOf(sample));
  let made: Cell<readonly Row[]> | undefined;
  const rows = () => {
    made ??= cell<readonly Row[]>([...sampleRows(sample, around.now()), ...pending]);
    return made;
  };
  let count = sample.messages;
  const update = (change: Partial<RoomSummary>) => {
    summary.set({ ...summary.get(), ...change });
    around.changed();
  };
  const patch: Patch = (ref, change) => {
    const held = rows().get();
    rows().set(held.map((row) => (isAt(row, ref) ? change(row) : row)));
  };
  const settle = (clientId: string): Sent => {
    const entry = { seq: ++count, at: around.now() };
    patch({ user: me.id, clientId }, (row) => ({ ...row, ...entry, state: 'sent' }));
    update({ view: { ...summary.get().view, head: { term: 1, seq: count } }, marker: count, unread: 0, mentions: 0 });
    return entry;
  };
  const append = (row: MessageRow) => rows().set([...rows().get(), row]);
  return {
    id: sample.view.id,
    summary,
    get rows() {
      return rows();
    },
    ...signalsOf(sample),
    timeline: () => fakeTimeline(rows(), summary.get().marker, around.delayMs),
    async send(body, options) {
      const clientId = options?.clientId ?? `s${rows().get().length}`;
      const content: Content = typeof body === 'string' ? { text: body } : body;
      const state = around.online() ? 'sending' : 'waiting';
      append({
        ...messageRow({ author: me, seq: undefined, at: around.now(), text: '', clientId, state }),
        body: content,
      });
      await pause(around.delayMs);
      return around.online() ? settle(clientId) : 'queued';
    },
    ...acts(patch, around),
    setTyping() {},
    markRead: (seq) => update({ marker: seq, unread: Math.max(0, count - seq), mentions: 0 }),
    setDraft: (draft) => update({ draft }),
    members: async (query) => membersOf(around.now(), query?.query),
    async leave() {
      around.leave(sample.view.id);
      return 'left';
    },
    async *messages() {},
    async *entries() {},
    hears(text, from = 1) {
      count++;
      const row = messageRow({ author: people[from]!, seq: count, at: around.now(), text, clientId: `h${count}` });
      append(row);
      const held = summary.get();
      update({
        unread: held.unread + 1,
        last: { text, name: people[from]!.name, at: around.now() },
        view: { ...held.view, head: { term: 1, seq: count } },
      });
    },
    flush() {
      for (const row of rows().get())
        if (row.type === 'message' && (row.state === 'waiting' || row.state === 'sending')) settle(row.clientId);
    },
  };
}

const signalsOf = (sample: SampleRoom): Pick<Room, 'typing' | 'presence' | 'receipts'> => ({
  typing: cell(sample.view.alias === 'ops' ? typists() : []),
  presence: cell<ReadonlyMap<string, PresenceStatus>>(new Map(people.map(({ id, status }) => [id, status]))),
  receipts: cell(readersOf(sample)),
});

/** Most have read all of it, some are behind. */
function readersOf({ view, messages }: SampleRoom): ReadonlyMap<string, Reader> {
  const reader = ({ id: user, display, name }: SamplePerson, at: number): Reader => {
    return { user, name: display ?? name, seq: messages - [0, 0, 3, 0, 1, 0, 0, 0, 12, 0][at % 10]! };
  };
  const others = view.alias === 'ops' ? people.slice(1, 11) : [];
  return new Map(others.map((each, at) => [each.id, reader(each, at)]));
}

function membersOf(now: number, query = ''): Awaited<ReturnType<Room['members']>> {
  const found = people.filter(({ name }) => name.startsWith(query.toLowerCase()));
  const members = found.map(({ role, status, ...person }, at) => ({
    person,
    role,
    since: now - 86_400_000 * at,
    status,
    ...(at === 8 ? { mutedUntil: now + 3_600_000 } : {}),
  }));
  return { members, more: false, total: members.length };
}

type Patch = (ref: MessageRef, change: (row: MessageRow) => MessageRow) => void;

function acts(
  patch: Patch,
  around: Surroundings,
): Pick<Room, 'edit' | 'redact' | 'react' | 'unreact' | 'pin' | 'unpin'> {
  const done = (): Sent => ({ seq: 1, at: around.now() });
  return {
    async edit(target, body) {
      const content: Content = typeof body === 'string' ? { text: body } : body;
      patch(target, (row) => ({ ...row, body: content, edited: { seq: 1, at: around.now() } }));
      return done();
    },
    async redact(target, reason) {
      patch(target, (row) => ({ ...row, body: null, redacted: { name: me.name, reason } }));
      return done();
    },
    async react(target, emoji) {
      const mine = { user: me.id, name: me.display ?? me.name, clientId: `x${emoji}${target.clientId}` };
      patch(target, (row) => {
        const held = row.reactions.find((group) => group.emoji === emoji);
        const group = { emoji, people: [...(held?.people ?? []), mine], mine: mine.clientId };
        return {
          ...row,
          reactions: held ? row.reactions.map((one) => (one === held ? group : one)) : [...row.reactions, group],
        };
      });
      return done();
    },
    async unreact(reaction) {
      patchAll(patch, reaction.clientId);
      return done();
    },
    async pin(target) {
      patch(target, (row) => ({ ...row, pinned: true }));
      return done();
    },
    async unpin(target) {
      patch(target, (row) => ({ ...row, pinned: false }));
      return done();
    },
  };
}

/** A reaction's id names its message only in sample data made here; elsewhere every row is looked at. */
function patchAll(patch: Patch, clientId: string): void {
  patch({ user: '*', clientId: '*' }, (row) => ({
    ...row,
    reactions: row.reactions
      .map((group) => ({
        ...group,
        people: group.people.filter((person) => person.clientId !== clientId),
        mine: group.mine === clientId ? undefined : group.mine,
      }))
      .filter((group) => group.people.length > 0),
  }));
}

const isAt = (row: Row, ref: MessageRef): row is MessageRow =>
  row.type === 'message' &&
  (ref.user === '*' ? row.reactions.length > 0 : row.user === ref.user && row.clientId === ref.clientId);
const typists = () => [people[2]!, people[4]!].map(({ id, display, name }) => ({ user: id, name: display ?? name }));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
