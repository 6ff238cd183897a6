/** One room that one is in: its log, its numbers, who types and who is there, and everything one can do in it. */
import {
  type Content,
  check,
  limits,
  type MessageRef,
  type Page,
  type Payload,
  type Person,
  type RawEntry,
  Refusal,
  type Reply,
  type RequestName,
  type RoomSync,
  type RoomView,
  readEntry,
  requestTypes,
  type SignedIn,
  serverOf,
} from '@parley/protocol';
import type { OutboxRow, Readable, Room, RoomSummary, Runtime, SendOptions, Sent, Status, Timeline } from './api.ts';
import type { Cache } from './cache.ts';
import { newClientId } from './client-id.ts';
import type { Asking } from './connection.ts';
import { entriesAfter } from './entries.ts';
import { keys } from './keys.ts';
import { draftText } from './limits.ts';
import { RoomLog } from './log.ts';
import { Marker } from './marker.ts';
import { CountedView } from './member-count.ts';
import { mentioned } from './mention.ts';
import type { ActName, Outbox } from './outbox.ts';
import type { Pending } from './overlay.ts';
import type { People } from './people.ts';
import { PresenceMap } from './presence.ts';
import { derived, value } from './readable.ts';
import { ReceiptMap } from './receipt.ts';
import type { Servers } from './server.ts';
import { type HeldRoom, lastOf, sameSummary } from './summary.ts';
import { RoomTimeline } from './timeline.ts';
import { TypingList, TypingSignal } from './typing.ts';

/** What rooms share. */
export interface Surroundings {
  readonly runtime: Runtime;
  readonly cache: Cache;
  readonly people: People;
  readonly servers: Servers;
  readonly outbox: Outbox;
  readonly status: Readable<Status>;
  online(): boolean;
  me(): SignedIn | undefined;
  request<N extends RequestName>(name: N, payload: Payload<N>, asking?: Asking<N>): Promise<Reply<N>>;
  resync(): void;
  /** A summary changed. */
  changed(): void;
  left(room: string): void;
}

export class ClientRoom implements Room {
  readonly id: string;
  readonly log: RoomLog;
  readonly #around: Surroundings;
  readonly #summary;
  readonly #marker: Marker;
  readonly #typing: TypingList;
  readonly #typingSignal: TypingSignal;
  readonly #presence: PresenceMap;
  readonly #receipts: ReceiptMap;
  readonly #pending = derived<readonly Pending[]>(() => this.#makePending());
  readonly #pendings = new WeakMap<OutboxRow, Pending>();
  readonly #stopOutbox: () => void;
  /** Acts that have their place, until the log has reached it. */
  #entered: Pending[] = [];
  readonly #view: CountedView;
  #last: RoomSummary['last'];
  #draft: string;

  constructor(around: Surroundings, held: HeldRoom, draft: string) {
    this.id = held.view.id;
    this.#around = around;
    this.#view = new CountedView(held.view);
    this.#last = held.last;
    this.#draft = draft;
    const { runtime, cache } = around;
    const online = () => around.online();
    const room = this.id;
    const page = (query: Payload<'history.page'>) => this.#page(query);
    this.log = new RoomLog(room, { runtime, cache, online, page, resync: () => around.resync() }, held.head);
    this.log.listen({
      applied: (entries) => this.#applied(entries),
      afterwards: (entries) => this.#settle(entries),
      replaced: () => this.#replaced(),
      extended: () => this.#replaced(),
    });
    this.#marker = new Marker(
      {
        runtime,
        log: this.log,
        online,
        me: () => around.me()?.user,
        set: (payload, taken) => around.request('marker.set', payload, { taken }),
        changed: () => this.#tell(),
      },
      held,
      held.unsentMarker,
    );
    this.#typing = new TypingList(runtime);
    this.#typingSignal = new TypingSignal(runtime, (typing) => this.#sayTyping(typing));
    this.#presence = new PresenceMap(() => around.request('presence.list', { room }));
    this.#receipts = new ReceiptMap({
      ask: () => around.request('receipt.list', { room }),
      me: () => around.me()?.user,
      members: () => this.#view.get().members,
    });
    this.#summary = value(this.#makeSummary());
    this.#stopOutbox = around.outbox.rows.subscribe(() => this.#outboxChanged());
  }

  get summary(): Readable<RoomSummary> {
    return this.#summary;
  }

  get typing(): Room['typing'] {
    return this.#typing.typists;
  }

  get presence(): Room['presence'] {
    return this.#presence.readable;
  }

  get receipts(): Room['receipts'] {
    return this.#receipts.readable;
  }

  timeline(): Timeline {
    return new RoomTimeline({
      log: this.log,
      status: this.#around.status,
      pending: this.#pending,
      me: () => this.#around.me(),
      counts: () => this.#marker.counts,
      page: (query) => this.#page(query),
    });
  }

  send(body: string | Content, options?: SendOptions): Promise<Sent> {
    this.#typingSignal.forget();
    return this.#act('message.send', { body: this.#content(body) }, options);
  }

  edit(target: MessageRef, body: string | Content, options?: SendOptions): Promise<Sent> {
    return this.#act('message.edit', { target, body: this.#content(body) }, options);
  }

  redact(target: MessageRef, reason?: string, options?: SendOptions): Promise<Sent> {
    return this.#act('message.redact', { target, ...(reason !== undefined && { reason }) }, options);
  }

  react(target: MessageRef, emoji: string, options?: SendOptions): Promise<Sent> {
    return this.#act('message.react', { target, emoji }, options);
  }

  unreact(target: MessageRef, options?: SendOptions): Promise<Sent> {
    return this.#act('message.unreact', { target }, options);
  }

  pin(target: MessageRef, options?: SendOptions): Promise<Sent> {
    return this.#act('message.pin', { target }, options);
  }

  unpin(target: MessageRef, options?: SendOptions): Promise<Sent> {
    return this.#act('message.unpin', { target }, options);
  }

  setTyping(typing: boolean): void {
    this.#typingSignal.set(typing);
  }

  markRead(seq: number): void {
    this.#marker.set(Math.min(seq, this.log.head.seq));
  }

  setDraft(text: string): void {
    this.#draft = text.slice(0, draftText);
    this.#around.cache.set(keys.draft(this.id), this.#draft === '' ? undefined : this.#draft);
    this.#tell();
  }

  async members(query: Parameters<Room['members']>[0] = {}): ReturnType<Room['members']> {
    const reply = await this.#around.request('member.list', { room: this.id, limit: 100, ...query });
    for (const { person } of reply.members) this.#around.people.see(person);
    return reply;
  }

  async leave(): Promise<'left' | 'queued'> {
    const clientId = newClientId(this.#around.runtime);
    const { outcome } = await this.#around.request('room.leave', { room: this.id, clientId });
    if (outcome === 'queued') return outcome;
    this.#around.left(this.id);
    return 'left';
  }

  entries({ since, signal }: { since?: number; signal?: AbortSignal } = {}): AsyncIterable<RawEntry> {
    const { runtime, status } = this.#around;
    const page = (query: Payload<'history.page'>) => this.#page(query);
    return entriesAfter({ log: this.log, runtime, status, page }, since ?? this.log.head.seq, signal);
  }

  async *messages(options: { since?: number; signal?: AbortSignal } = {}): ReturnType<Room['messages']> {
    for await (const raw of this.entries(options)) {
      const entry = readEntry(raw);
      if (entry?.kind === 'message') yield entry;
    }
  }

  /** Takes what a sync says; one that is no news (a join's reply after its event) changes the view only. */
  follow(sync: RoomSync, isNews: boolean): void {
    if (!isNews) this.#view.changed(sync.room);
    else {
      this.#view.follow(sync.room);
      this.#marker.follow(sync, sync.room.head.seq);
      this.log.follow(sync);
      this.#marker.followed();
      this.#typing.clear();
      this.#presence.refresh();
      this.#receipts.refresh();
      this.#dropEntered();
    }
    this.#tell();
  }

  viewChanged(view: RoomView): void {
    this.#view.changed(view);
    this.#tell();
  }

  markerChanged(payload: Payload<'marker.changed'>): void {
    this.#marker.changed(payload);
  }

  typingChanged(payload: Payload<'typing.changed'>): void {
    if (payload.user !== this.#around.me()?.user) this.#typing.changed(payload);
  }

  presenceChanged(payload: Payload<'presence.changed'>): void {
    this.#presence.changed(payload);
  }

  receiptsChanged(payload: Payload<'receipt.changed'>): void {
    this.#receipts.changed(payload);
  }

  /** Servers may have other names now. */
  serversChanged(): void {
    this.#tell();
  }

  renamed(person: Person): void {
    this.log.rename(person);
    const view = this.#view.get();
    if (view.direct?.person.id === person.id)
      this.viewChanged({ ...view, title: person.display ?? person.name, direct: { ...view.direct, person } });
  }

  /** An act of this room has its place in the log. */
  entered(row: OutboxRow, sent: { seq: number; at: number }): void {
    if (sent.seq > this.log.head.seq) this.#entered = [...this.#entered, { row, sent }];
  }

  /** Online: what could not be told before is told now. */
  opened(): void {
    this.#marker.opened();
  }

  disconnected(): void {
    this.#typing.clear();
    this.#typingSignal.forget();
  }

  close(): void {
    this.disconnected();
    this.#stopOutbox();
  }

  async #page(query: Payload<'history.page'>): Promise<Page> {
    const page = await this.#around.request('history.page', query);
    for (const entry of page.entries) this.#around.people.seeAuthor(entry);
    return page;
  }

  #content(body: string | Content): Content {
    if (typeof body !== 'string') return body;
    const mentions = mentioned(body, this.#around.people, this.#around.servers);
    return { text: body, ...(mentions.length > 0 && { mentions }) };
  }

  #act(name: ActName, what: object, options: SendOptions = {}): Promise<Sent> {
    const clientId = options.clientId ?? newClientId(this.#around.runtime);
    const payload = { room: this.id, clientId, ...what };
    const text = (what as { body?: Content }).body?.text ?? '';
    if (text.length > limits.messageText) return Promise.reject(new Refusal('too-large'));
    const type = requestTypes.get(name);
    const checked = type && check(type.payload, payload);
    if (!checked?.ok) return Promise.reject(new Refusal('bad-request', checked ? { field: checked.field } : {}));
    if (!this.#around.me()) return Promise.reject(new Refusal('not-signed-in'));
    return this.#around.outbox.add(name, checked.value as Payload<ActName>, options);
  }

  #sayTyping(typing: boolean): void {
    if (this.#around.online()) this.#around.request('typing.set', { room: this.id, typing }).catch(() => {});
  }

  #applied(entries: readonly RawEntry[]): void {
    for (const entry of entries) {
      this.#around.people.seeAuthor(entry);
      if (entry.kind === 'message') this.#typing.stopped(entry.user);
    }
    this.#marker.applied(entries);
    if (!this.#view.applied(entries)) this.#askView();
    this.#receipts.applied(entries);
    this.#tell();
  }

  /** Entries of a page do not say how many members there are. What cannot be asked for comes with the next sync. */
  #askView(): void {
    this.#around.request('room.get', { room: this.id }).then(
      ({ room }) => this.viewChanged(room),
      () => {},
    );
  }

  #replaced(): void {
    for (const entry of this.log.rows) this.#around.people.seeAuthor(entry);
    this.#tell();
  }

  /** Only now that timelines show the entries may what waited for them go. */
  #settle(entries: readonly RawEntry[]): void {
    const me = this.#around.me()?.user;
    for (const entry of entries) if (entry.user === me) this.#around.outbox.seen(entry);
    this.#dropEntered();
  }

  #dropEntered(): void {
    const left = this.#entered.filter(({ sent }) => sent !== undefined && sent.seq > this.log.head.seq);
    if (left.length === this.#entered.length) return;
    this.#entered = left;
    this.#pending.touch();
  }

  #outboxChanged(): void {
    const before = this.#pending.get();
    const after = this.#makePending();
    if (before.length !== after.length || before.some((one, i) => one !== after[i])) this.#pending.touch();
  }

  #makePending(): readonly Pending[] {
    return [
      ...this.#entered,
      ...this.#around.outbox.of(this.id).map((row) => {
        const one = this.#pendings.get(row) ?? { row, sent: undefined };
        this.#pendings.set(row, one);
        return one;
      }),
    ];
  }

  #makeSummary(): RoomSummary {
    const view = this.#view.get();
    const { servers } = this.#around;
    const at = view.direct ? serverOf(view.direct.person.id) : view.server;
    const server = at === undefined || at === servers.own ? undefined : servers.of(at);
    return { view, server, ...this.#marker.counts, last: this.#last, draft: this.#draft };
  }

  /** Shows and keeps what is true now. */
  #tell(): void {
    if (this.log.loaded) this.#last = lastOf(this.log.rows) ?? this.#last;
    const held: HeldRoom = {
      view: this.#view.get(),
      head: this.log.head,
      ...this.#marker.counts,
      last: this.#last,
      unsentMarker: this.#marker.unsent,
    };
    this.#around.cache.set(keys.room(this.id), held);
    const next = this.#makeSummary();
    if (sameSummary(next, this.#summary.get())) return;
    this.#summary.set(next);
    this.#around.changed();
  }
}
