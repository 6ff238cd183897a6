/** A window over a room's log for a view: pages in both ways, follows the end, shows what waits in the outbox. */
import {
  type ErrorCode,
  type MessageRef,
  type Page,
  type Payload,
  type Person,
  type RawEntry,
  Refusal,
  type SignedIn,
} from '@parley/protocol';
import type { MessageRow, Readable, Row, Status, Timeline, TimelineState } from './api.ts';
import { renamed, sameMessage } from './fold.ts';
import { pageRows } from './limits.ts';
import type { RoomLog } from './log.ts';
import { Overlay, type Pending } from './overlay.ts';
import { derived } from './readable.ts';
import { keyOf, pendingRow, rowOf } from './row.ts';
import { appended, folded, grown, joined, opened, prepended, type Window } from './window.ts';

export interface TimelinePort {
  readonly log: RoomLog;
  readonly status: Readable<Status>;
  /** Acts of this room in the outbox, oldest first. */
  readonly pending: Readable<readonly Pending[]>;
  me(): SignedIn | undefined;
  counts(): { marker: number; unread: number };
  page(query: Payload<'history.page'>): Promise<Page>;
}

type Query = Pick<Payload<'history.page'>, 'before' | 'after' | 'around' | 'at' | 'of'>;
type Place = Parameters<Timeline['jump']>[0];

const nothing: Window = { rows: [], from: 1, to: 0, before: false, after: false };

export class RoomTimeline implements Timeline {
  readonly #port: TimelinePort;
  readonly #state = derived(() => this.#make());
  readonly #rows = new WeakMap<RawEntry, Row>();
  readonly #pendingRows = new WeakMap<object, MessageRow>();
  readonly #overlay = new Overlay();
  readonly #stop: (() => void)[] = [];
  #window = nothing;
  #atEnd = true;
  #loading: TimelineState['loading'];
  #error: ErrorCode | undefined;
  readonly #newAfter: number | undefined;
  /** Counts the jumps: a page that was asked for before one is void after it. */
  #jumps = 0;

  constructor(port: TimelinePort) {
    this.#port = port;
    const { log } = port;
    const { marker, unread } = port.counts();
    this.#newAfter = unread > 0 ? marker : undefined;
    this.#stop.push(
      log.listen({
        applied: (entries) => this.#show(grown(this.#window, entries, log.head.seq, this.#atEnd)),
        replaced: (how) => this.#replaced(how),
        renamed: (person) => this.#renamed(person),
      }),
      port.pending.subscribe(() => this.#state.touch()),
      port.status.subscribe(() => this.#fillEmpty()),
    );
    if (log.loaded) this.#takeTail();
    else {
      this.#loading = 'jump';
      void log.load();
    }
  }

  get(): TimelineState {
    return this.#state.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#state.subscribe(listener);
  }

  values(signal?: AbortSignal): AsyncIterable<TimelineState> {
    return this.#state.values(signal);
  }

  async loadBefore(): Promise<void> {
    if (this.#loading || !this.#window.before) return;
    await this.#load('before', { before: this.#window.from }, (page) => prepended(this.#window, page));
  }

  async loadAfter(): Promise<void> {
    if (this.#loading || this.#atEnd) return;
    await this.#load('after', { after: this.#window.to }, (page) => appended(this.#window, page));
  }

  async jump(to: Place): Promise<string | undefined> {
    this.#jumps += 1;
    await this.#port.log.load();
    // What was under way is void.
    this.#loading = undefined;
    this.#state.touch();
    if (to === 'newest') return this.#toNewest();
    if (to === 'first-unread') return this.#toFirstUnread();
    if ('user' in to) return this.#toMessage(to);
    if ('seq' in to) return this.#toSeq(to.seq);
    const page = await this.#load('jump', { at: to.at }, opened);
    return page && this.#keyOf(this.#window.rows.find((row) => row.at >= to.at) ?? this.#window.rows.at(-1));
  }

  close(): void {
    this.#jumps += 1;
    for (const stop of this.#stop.splice(0)) stop();
  }

  #toNewest(): string | undefined {
    if (!this.#atEnd) this.#takeTail();
    return this.#state.get().rows.at(-1)?.key;
  }

  async #toFirstUnread(): Promise<string | undefined> {
    const marker = this.#newAfter ?? this.#port.counts().marker;
    const me = this.#port.me()?.user;
    if (marker >= this.#port.log.head.seq) return this.#toNewest();
    if (!this.#covers(marker + 1)) await this.#load('jump', { around: Math.max(1, marker) }, opened);
    const unread = this.#window.rows.find((row) => row.seq > marker && row.kind === 'message' && row.user !== me);
    return unread ? this.#keyOf(unread) : this.#toNewest();
  }

  async #toSeq(seq: number): Promise<string | undefined> {
    if (!this.#covers(seq)) await this.#load('jump', { around: seq }, opened);
    return this.#keyOf(this.#window.rows.find((row) => row.seq >= seq) ?? this.#window.rows.at(-1));
  }

  async #toMessage(ref: MessageRef): Promise<string | undefined> {
    const key = keyOf(ref);
    if (this.#state.get().rows.some((row) => row.key === key)) return key;
    const page = await this.#load('jump', { of: { user: ref.user, clientId: ref.clientId } }, opened);
    if (!page) return undefined;
    const found = this.#window.rows.find((row) => sameMessage(row, ref));
    if (!found) throw new Refusal('not-found');
    return this.#keyOf(found);
  }

  #covers(seq: number): boolean {
    return seq >= this.#window.from && (seq <= this.#window.to || this.#atEnd);
  }

  #keyOf(row: RawEntry | undefined): string | undefined {
    return row && this.#row(row).key;
  }

  /** Asks for a page and joins it on; resolves with it, or undefined when a later jump made it void. */
  async #load(
    what: NonNullable<TimelineState['loading']>,
    query: Query,
    join: (page: Page) => Window,
  ): Promise<Page | undefined> {
    const { log } = this.#port;
    const jump = this.#jumps;
    const head = log.head.seq;
    this.#loading = what;
    this.#error = undefined;
    this.#state.touch();
    try {
      const page = await this.#port.page({ room: log.room, ...query, limit: pageRows, show: 'rows' });
      if (jump !== this.#jumps) return undefined;
      log.extend(page, head);
      const acts = log.actsAfter(head);
      if (!acts) return this.#load(what, query, join);
      this.#loading = undefined;
      this.#join(folded(join(page), acts), what !== 'before');
      return page;
    } catch (error) {
      if (jump !== this.#jumps) return undefined;
      this.#loading = undefined;
      this.#error = error instanceof Refusal ? error.code : 'internal';
      this.#state.touch();
      if (what === 'jump') throw error;
      return undefined;
    }
  }

  /** Shows a window after a page; where it reaches the newest rows it becomes one with them. */
  #join(window: Window, towardsEnd: boolean): void {
    const { log } = this.#port;
    if (!towardsEnd) {
      this.#atEnd &&= !window.after;
    } else if (log.loaded && window.to >= log.from - 1) {
      this.#atEnd = true;
      this.#show(joined(window, log.rows, log.head.seq));
      return;
    } else this.#atEnd = false;
    this.#show({ ...window, after: !this.#atEnd });
  }

  #takeTail(): void {
    const { rows, from, head } = this.#port.log;
    const before = head.seq > 0 && from > 1 && rows[0]?.kind !== 'create';
    this.#jumps += 1;
    this.#loading = undefined;
    this.#error = undefined;
    this.#atEnd = true;
    this.#show({ rows, from, to: head.seq, before, after: false });
    this.#fillEmpty();
  }

  /** A sync may bring no rows at all of a room: then the first page is asked for. */
  #fillEmpty(): void {
    const { rows, before } = this.#window;
    if (rows.length === 0 && before && this.#port.status.get().state === 'online') void this.loadBefore();
  }

  #replaced(how: 'loaded' | 'reset'): void {
    if (this.#atEnd) {
      this.#takeTail();
      return;
    }
    if (how === 'loaded') return;
    // What is shown may be outdated anywhere: the same place is read again.
    const middle = this.#window.rows[this.#window.rows.length >> 1];
    this.#jumps += 1;
    if (middle) this.#load('jump', { around: middle.seq }, opened).catch(() => {});
    else this.#takeTail();
  }

  #renamed(person: Person): void {
    this.#show({ ...this.#window, rows: renamed(this.#window.rows, person) });
  }

  #show(window: Window): void {
    if (window === this.#window) return;
    this.#window = window;
    this.#state.touch();
  }

  #row(entry: RawEntry): Row {
    const row = this.#rows.get(entry) ?? rowOf(entry, this.#port.me()?.user);
    this.#rows.set(entry, row);
    return row;
  }

  #make(): TimelineState {
    const me = this.#port.me();
    const pending = this.#port.pending.get();
    const entries = me ? this.#overlay.over(this.#window.rows, pending, me) : this.#window.rows;
    const rows = entries.map((entry) => this.#row(entry));
    if (me && this.#atEnd) rows.push(...this.#pendingSends(pending, me));
    return {
      rows,
      before: this.#window.before,
      after: !this.#atEnd,
      atEnd: this.#atEnd,
      loading: this.#loading,
      newAfter: this.#newAfter,
      error: this.#error,
    };
  }

  #pendingSends(pending: readonly Pending[], me: SignedIn): MessageRow[] {
    const sends = pending.filter(({ row }) => row.request === 'message.send');
    if (sends.length === 0) return [];
    const there = new Set(this.#window.rows.filter((row) => row.user === me.user).map((row) => row.clientId));
    return sends
      .filter(({ row }) => !there.has(row.clientId))
      .map((one) => {
        const made = this.#pendingRows.get(one) ?? pendingRow(one.row, me, one.sent);
        this.#pendingRows.set(one, made);
        return made;
      });
  }
}
