/** A room of the fake server: a real log, and everything told of it worked out anew from its first entry. */
import {
  isCountable,
  isRow,
  type MessageRef,
  type Page,
  type Payload,
  type RawEntry,
  Refusal,
  type RoomSync,
  type RoomView,
} from '@parley/protocol';

export interface Author {
  user: string;
  name: string;
}

export type Act = Pick<RawEntry, 'kind' | 'clientId'> &
  Partial<Pick<RawEntry, 'target' | 'body' | 'data' | 'clerk' | 'members'>>;

const isShown = (entry: RawEntry): boolean => isRow(entry.kind) || entry.kind.startsWith('x-');

export class FakeRoom {
  readonly id: string;
  readonly alias: string;
  /** Id of the server that keeps it, when that is another one. */
  readonly server: string | undefined;
  /** Whom the one account that is in it speaks with. */
  direct: RoomView['direct'];
  term = 1;
  log: RawEntry[] = [];
  readonly members = new Set<string>();
  readonly markers = new Map<string, number>();
  /** Seqs that stand in the log but may not be read: pages skip them, events leave them out. */
  readonly hidden = new Set<number>();

  constructor(id: string, alias: string, server?: string) {
    this.id = id;
    this.alias = alias;
    this.server = server;
  }

  get head(): number {
    return this.log.length;
  }

  find(ref: MessageRef): RawEntry | undefined {
    return this.log.find((entry) => entry.clientId === ref.clientId && entry.user === ref.user);
  }

  append({ user, name }: Author, act: Act, at: number): RawEntry {
    const entry: RawEntry = { room: this.id, term: this.term, seq: this.head + 1, at, user, name, ...act };
    this.log.push(entry);
    if (isCountable(act)) this.markers.set(user, Math.max(entry.seq, this.markers.get(user) ?? 0));
    return entry;
  }

  view(user: string): RoomView {
    return {
      id: this.id,
      ...(this.server !== undefined && { server: this.server }),
      ...(this.direct ? { direct: this.direct } : { alias: this.alias }),
      title: this.direct ? (this.direct.person.display ?? this.direct.person.name) : this.alias,
      topic: '',
      head: { term: this.term, seq: this.head },
      joinRule: 'public',
      listed: true,
      history: 'all',
      slowModeMs: 0,
      permissions: {},
      members: this.members.size,
      createdAt: 0,
      me: { membership: this.members.has(user) ? 'member' : 'none', role: 'member' },
    };
  }

  counts(user: string): { marker: number; unread: number; mentions: number } {
    const marker = this.markers.get(user) ?? 0;
    const after = this.log.filter((entry) => entry.seq > marker && isCountable(entry) && entry.user !== user);
    const means = (entry: RawEntry) =>
      (entry.body as { mentions?: string[] } | null)?.mentions?.includes(user) ?? false;
    return { marker, unread: after.length, mentions: after.filter(means).length };
  }

  sync(user: string, cursor: { term: number; seq: number } | undefined, tail: number): RoomSync {
    const resumes = cursor && cursor.term === this.term && cursor.seq <= this.head && this.head - cursor.seq <= tail;
    const entries = resumes
      ? this.log.slice(cursor.seq).filter((entry) => !this.hidden.has(entry.seq))
      : this.rows()
          .filter((entry) => !this.hidden.has(entry.seq))
          .slice(-tail || Number.POSITIVE_INFINITY);
    return { room: this.view(user), mode: resumes ? 'resumed' : 'reset', entries, ...this.counts(user) };
  }

  page(query: Omit<Payload<'history.page'>, 'room'>): Page {
    const isWanted = (entry: RawEntry) => query.show !== 'rows' || isShown(entry);
    const page = this.#pageOf(
      query,
      this.log.filter((entry) => isWanted(entry) && !this.hidden.has(entry.seq)),
    );
    return { ...page, entries: page.entries.map((entry) => this.annotated(entry)) };
  }

  #pageOf(query: Parameters<FakeRoom['page']>[0], readable: RawEntry[]): Page {
    const { before, after, limit } = query;
    if (after !== undefined) {
      const later = readable.filter((entry) => entry.seq > after);
      const entries = later.slice(0, limit);
      const more = later.length > entries.length;
      const to = more ? (entries.at(-1)?.seq ?? after) : Math.max(after, this.head);
      return { entries, from: after + 1, to, before: after > 0, after: more };
    }
    const found =
      query.at === undefined ? undefined : (readable.find((entry) => entry.at >= (query.at ?? 0))?.seq ?? this.head);
    const { of } = query;
    const named = of && readable.find((entry) => entry.user === of.user && entry.clientId === of.clientId);
    if (of && !named) throw new Refusal('not-found');
    const middle = query.around ?? named?.seq ?? found;
    if (middle !== undefined) {
      const earlier = readable.filter((entry) => entry.seq < middle).slice(-Math.floor(limit / 2));
      const later = readable.filter((entry) => entry.seq >= middle).slice(0, Math.ceil(limit / 2));
      return this.#between([...earlier, ...later], readable);
    }
    const end = before ?? this.head + 1;
    const earlier = readable.filter((entry) => entry.seq < end);
    const entries = earlier.slice(-limit);
    const more = earlier.length > entries.length;
    return { entries, from: more ? (entries[0]?.seq ?? end) : 1, to: end - 1, before: more, after: end <= this.head };
  }

  /** Every row as it stands now. */
  rows(): RawEntry[] {
    return this.log.filter(isShown).map((entry) => this.annotated(entry));
  }

  #between(entries: RawEntry[], readable: RawEntry[]): Page {
    const [first, last] = [entries[0], entries.at(-1)];
    const before = first !== undefined && readable[0] !== first;
    const after = last !== undefined && readable.at(-1) !== last;
    const from = before ? (first?.seq ?? 1) : 1;
    return { entries, from, to: after ? (last?.seq ?? 0) : this.head, before, after };
  }

  /** One entry with what the whole log makes of it. */
  annotated(entry: RawEntry): RawEntry {
    if (entry.kind !== 'message') return entry;
    let made: RawEntry = { ...entry };
    for (const act of this.log) if (act.seq > entry.seq) made = this.#after(made, act);
    return made;
  }

  #after(row: RawEntry, act: RawEntry): RawEntry {
    const meant = act.target?.user === row.user && act.target.clientId === row.clientId;
    const body = act.body as { emoji?: string; reason?: string; text?: string } | null | undefined;
    if (act.kind === 'erase') return this.#erased(row, act);
    if (act.kind === 'unreact' && row.reactions)
      return {
        ...row,
        reactions: row.reactions.filter((one) => one.user !== act.target?.user || one.clientId !== act.target.clientId),
      };
    if (!meant) return row;
    const { seq, at, user, name, clientId } = act;
    if (act.kind === 'edit' && row.body !== null)
      return { ...row, edited: { seq, at, body: act.body as { text: string } } };
    if (act.kind === 'redact' && !row.redacted)
      return {
        ...row,
        body: null,
        ...(row.edited && { edited: { ...row.edited, body: null } }),
        ...(row.reactions && { reactions: [] }),
        ...(row.pinned && { pinned: false }),
        redacted: { seq, at, user, name, ...(body?.reason !== undefined && { reason: body.reason }) },
      };
    if (act.kind === 'react' && !row.redacted) {
      const emoji = body?.emoji ?? '';
      const again = row.reactions?.some((one) => one.user === user && one.emoji === emoji);
      return again ? row : { ...row, reactions: [...(row.reactions ?? []), { emoji, user, name, clientId, seq }] };
    }
    if (act.kind === 'pin' && !row.redacted) return { ...row, pinned: true };
    if (act.kind === 'unpin') return row.pinned ? { ...row, pinned: false } : row;
    return row;
  }

  #erased(row: RawEntry, act: RawEntry): RawEntry {
    const { subject } = act.data as { subject: string };
    const reactions = row.reactions?.filter((one) => one.user !== subject);
    const words =
      row.user === subject ? { body: null, ...(row.edited && { edited: { ...row.edited, body: null } }) } : {};
    const pins = row.user === subject && row.pinned ? { pinned: false } : {};
    return { ...row, ...words, ...pins, ...(reactions && { reactions }) };
  }
}
