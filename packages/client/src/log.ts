/**
 * The newest rows of one room, kept in the order of the log whatever order entries arrive in. Entries come from a sync
 * or as events; duplicates are dropped, a gap is filled from the history before what follows it is applied.
 */
import {
  check,
  type Page,
  type Payload,
  type Person,
  type Position,
  type RawEntry,
  Refusal,
  type RoomSync,
  rawEntry,
} from '@parley/protocol';
import type { Runtime } from './api.ts';
import { Arrivals } from './arrivals.ts';
import type { Cache } from './cache.ts';
import { fold, isAct, isShown, renamed } from './fold.ts';
import { fromBytes, keys } from './keys.ts';
import { cachedRows, pageRows, recentActs } from './limits.ts';
import { sleep } from './wait.ts';

/** What a log needs of the connection. */
export interface LogPort {
  readonly runtime: Runtime;
  readonly cache: Cache;
  online(): boolean;
  page(query: Payload<'history.page'>): Promise<Page>;
  /** What is held contradicts what arrives: start over with a new sync. */
  resync(): void;
}

export interface LogListener {
  /** These were applied, in order, rows or not; `head` and `rows` say so already. */
  applied?(entries: readonly RawEntry[]): void;
  /** The same, or all rows after a reset, once all listeners have heard of it. */
  afterwards?(entries: readonly RawEntry[]): void;
  /** `rows` are others now: loaded from the store, or started over. */
  replaced?(how: 'loaded' | 'reset'): void;
  /** Older rows were joined on before those held. */
  extended?(): void;
  renamed?(person: Person): void;
}

export class RoomLog {
  readonly room: string;
  readonly #port: LogPort;
  readonly #arrivals = new Arrivals();
  readonly #listeners = new Set<LogListener>();
  #head: Position;
  #rows: readonly RawEntry[] = [];
  #from: number;
  #loading: Promise<void> | undefined;
  #loaded: boolean;
  #filling = false;
  /** Counts the syncs: what was asked for before one is void after it. */
  #generation = 0;
  #recent: RawEntry[] = [];
  #recentAfter: number;

  /** @param head position held in the store; seq 0 for none */
  constructor(room: string, port: LogPort, head: Position = { term: 0, seq: 0 }) {
    this.room = room;
    this.#port = port;
    this.#head = head;
    this.#from = head.seq + 1;
    this.#recentAfter = head.seq;
    this.#loaded = head.seq === 0;
  }

  /** The last position that is applied. */
  get head(): Position {
    return this.#head;
  }

  /** The newest seq that was heard of: beyond the head while rows are being loaded or a gap is filled. */
  get heard(): number {
    return Math.max(this.#head.seq, this.#arrivals.last);
  }

  /** Every row from seq `from` to the head, oldest first. */
  get rows(): readonly RawEntry[] {
    return this.#rows;
  }

  get from(): number {
    return this.#from;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  listen(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Brings the rows that the store holds into memory. */
  load(): Promise<void> {
    if (this.#loaded) return Promise.resolve();
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** Takes what a sync says of this room. */
  follow(sync: RoomSync): void {
    this.#generation += 1;
    this.#filling = false;
    this.#arrivals.start(sync);
    const { head } = sync.room;
    if (sync.mode === 'reset' || head.term < this.#head.term || head.seq < this.#head.seq) this.#reset(sync);
    this.#pump();
  }

  /** Takes entries in any order. */
  accept(entries: readonly RawEntry[]): void {
    for (const entry of entries) {
      if (entry.seq > this.#head.seq) this.#arrivals.add(entry);
      else if (entry.term > this.#head.term) {
        this.#port.resync();
        return;
      }
    }
    this.#pump();
  }

  /** The acts applied since the head was at `seq`, for a page that was asked for then; undefined = too many. */
  actsAfter(seq: number): readonly RawEntry[] | undefined {
    return seq < this.#recentAfter ? undefined : this.#recent.filter((act) => act.seq > seq);
  }

  /** Joins older rows on, from a page that was asked for when the head was at `head`, as far as they are kept. */
  extend(page: Page, head: number): void {
    const acts = this.actsAfter(head);
    const joins = page.from < this.#from && page.to >= this.#from - 1;
    if (!this.#loaded || !acts || !joins || this.#rows.length >= cachedRows) return;
    const older = page.entries.filter((entry) => isShown(entry) && entry.seq < this.#from);
    const all = [...acts.reduce<readonly RawEntry[]>(fold, older), ...this.#rows];
    const kept = all.slice(-cachedRows);
    this.#from = kept.length === all.length ? page.from : (kept[0]?.seq ?? this.#from);
    this.#keep(kept);
    for (const listener of [...this.#listeners]) listener.extended?.();
  }

  /** Somebody has another name to show. */
  rename(person: Person): void {
    this.#keep(renamed(this.#rows, person));
    for (const listener of [...this.#listeners]) listener.renamed?.(person);
  }

  #pump(): void {
    this.#advance();
    if (this.#arrivals.incomplete && this.#loaded && !this.#filling) void this.#fill(this.#generation);
  }

  /** Applies what follows the head without a gap. */
  #advance(): void {
    if (!this.#arrivals.empty && !this.#loaded) {
      void this.load();
      return;
    }
    const { run, head } = this.#arrivals.take(this.#head);
    if (run.length > 0 || head.seq > this.#head.seq) this.#apply(run, head);
  }

  #apply(run: readonly RawEntry[], head: Position): void {
    let rows = this.#rows;
    for (const entry of run) {
      if (isAct(entry)) {
        rows = fold(rows, entry);
        this.#recent.push(entry);
      }
      if (isShown(entry)) rows = [...rows, entry];
    }
    if (this.#recent.length > recentActs) {
      const dropped = this.#recent.splice(0, this.#recent.length - recentActs / 2);
      this.#recentAfter = dropped.at(-1)?.seq ?? this.#recentAfter;
    }
    this.#head = head;
    if (rows.length > cachedRows) {
      rows = rows.slice(-cachedRows);
      this.#from = rows[0]?.seq ?? head.seq + 1;
    }
    this.#keep(rows);
    const listeners = [...this.#listeners];
    for (const listener of listeners) listener.applied?.(run);
    for (const listener of listeners) listener.afterwards?.(run);
  }

  /** Writes down how the rows differ from those held, and holds them. */
  #keep(rows: readonly RawEntry[]): void {
    if (rows === this.#rows) return;
    const before = new Map(this.#rows.map((row) => [row.seq, row]));
    for (const row of rows) {
      if (before.get(row.seq) !== row) this.#port.cache.set(keys.entry(this.room, row.seq), row);
      before.delete(row.seq);
    }
    for (const seq of before.keys()) this.#port.cache.set(keys.entry(this.room, seq), undefined);
    this.#rows = rows;
  }

  #reset({ room: { head }, entries }: RoomSync): void {
    this.#loaded = true;
    this.#head = head;
    this.#recent = [];
    this.#recentAfter = head.seq;
    this.#port.cache.clear(keys.entries(this.room));
    this.#rows = [];
    const kept = entries
      .filter(isShown)
      .toSorted((a, b) => a.seq - b.seq)
      .slice(-cachedRows);
    this.#from = kept[0]?.seq ?? head.seq + 1;
    this.#keep(kept);
    const listeners = [...this.#listeners];
    for (const listener of listeners) listener.replaced?.('reset');
    for (const listener of listeners) listener.afterwards?.(kept);
  }

  async #load(): Promise<void> {
    const held = await this.#port.cache.list(keys.entries(this.room)).catch(() => []);
    if (this.#loaded) return;
    const rows: RawEntry[] = [];
    for (const [, bytes] of held) {
      const checked = check(rawEntry, fromBytes(bytes));
      if (checked.ok && checked.value.seq <= this.#head.seq) rows.push(checked.value);
    }
    this.#rows = rows;
    this.#from = rows[0]?.seq ?? this.#head.seq + 1;
    this.#loaded = true;
    for (const listener of [...this.#listeners]) listener.replaced?.('loaded');
    this.#pump();
  }

  async #fill(generation: number): Promise<void> {
    this.#filling = true;
    while (this.#arrivals.incomplete && this.#port.online()) {
      const after = this.#head.seq;
      try {
        const page = await this.#port.page({ room: this.room, after, limit: pageRows, show: 'everything' });
        if (generation === this.#generation) this.#arrivals.addPage(page, after);
      } catch (error) {
        const waitMs = retryMs(error);
        if (waitMs !== undefined) await sleep(this.#port.runtime, waitMs);
        else if (generation === this.#generation) this.#arrivals.skipGap();
      }
      if (generation !== this.#generation) return;
      this.#advance();
    }
    this.#filling = false;
  }
}

/** How long to wait before asking again; undefined when the answer would be the same. */
function retryMs(error: unknown): number | undefined {
  if (!(error instanceof Refusal)) return undefined;
  const { code, detail } = error;
  return code === 'too-fast' || code === 'unavailable' || code === 'internal'
    ? (detail.retryAfterMs ?? 1_000)
    : undefined;
}
