/**
 * Every act is in the store before it is sent and stays until its outcome, under the clientId it was given: sent again
 * after a restart or a new connection it is the same act. In each room acts go one after the other, in order.
 */
import {
  type ErrorCode,
  errors,
  isErrorCode,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
} from '@parley/protocol';
import type { ActRef, OutboxRow, Readable, Runtime, SendOptions, Sent, Store } from './api.ts';
import { backoff } from './backoff.ts';
import { newClientId } from './client-id.ts';
import { fromBytes, keys, toBytes } from './keys.ts';
import { internalTries, outboxInFlight, outboxRows } from './limits.ts';
import { value } from './readable.ts';

/** Acts on a room's log by its members. */
export type ActName = Extract<RequestName, `message.${string}`>;

export interface OutboxPort {
  readonly store: Store;
  readonly runtime: Runtime;
  /** Signed in and following. */
  online(): boolean;
  send(name: ActName, payload: Payload<ActName>): Promise<Reply<ActName>>;
  /** An act came to its place in the log; its row leaves `rows` next. */
  entered(row: OutboxRow, place: { seq: number; at: number }): void;
}

interface Act {
  readonly order: number;
  row: OutboxRow;
  stored: boolean;
  tries: number;
  /** Handed to this connection, and the server keeps it: nothing to do until it decides. */
  handedOver: boolean;
  /** It failed before under the clientId that it has. */
  retried: boolean;
  inFlight: boolean;
  cancelTimer: (() => void) | undefined;
  readonly waiters: Set<Waiter>;
}

interface Waiter extends PromiseWithResolvers<Sent> {
  untilDecided: boolean;
}

export class Outbox {
  readonly #port: OutboxPort;
  readonly #rows = value<readonly OutboxRow[]>([]);
  #byRoom: { rows: readonly OutboxRow[]; groups: Map<string, OutboxRow[]> } = { rows: [], groups: new Map() };
  /** By room and clientId, in order. */
  readonly #acts = new Map<string, Act>();
  #lastOrder = 0;
  #inFlight = 0;
  #closed = false;

  constructor(port: OutboxPort) {
    this.#port = port;
  }

  get rows(): Readable<readonly OutboxRow[]> {
    return this.#rows;
  }

  /** The rows of one room. */
  of(room: string): readonly OutboxRow[] {
    const rows = this.#rows.get();
    if (this.#byRoom.rows !== rows) this.#byRoom = { rows, groups: Map.groupBy(rows, (row) => row.room) };
    return this.#byRoom.groups.get(room) ?? [];
  }

  /** Brings back what an earlier run left. */
  async load(): Promise<void> {
    for (const [key, bytes] of await this.#port.store.list(keys.outbox)) {
      const row = fromBytes(bytes) as OutboxRow | undefined;
      const order = Number(key.slice(keys.outbox.length));
      if (!row || typeof row.clientId !== 'string' || typeof row.room !== 'string' || !Number.isSafeInteger(order))
        continue;
      this.#lastOrder = Math.max(this.#lastOrder, order);
      const state = row.state === 'failed' || row.state === 'queued' ? row.state : 'waiting';
      this.#acts.set(nameOf(row), newAct(order, { ...row, state }, true));
    }
    this.#tell();
  }

  /**
   * Adds an act and resolves with its outcome, or rejects with the refusal. An act of the same clientId that is there
   * already in the same room is waited for instead. Aborted before it was sent it is taken back; later only the waiting ends.
   */
  add<N extends ActName>(
    name: N,
    payload: Payload<N>,
    { signal, untilDecided = false }: Pick<SendOptions, 'signal' | 'untilDecided'> = {},
  ): Promise<Sent> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { clientId, room } = payload;
    const waiter: Waiter = { ...Promise.withResolvers<Sent>(), untilDecided };
    let act = this.#acts.get(nameOf(payload));
    if (act) {
      if (act.row.state === 'failed') void this.#again(act).catch(() => {});
      else if (act.row.state === 'queued' && !untilDecided) return Promise.resolve('queued');
    } else {
      if (this.#acts.size >= outboxRows) return Promise.reject(new Refusal('too-many'));
      const row: OutboxRow = { clientId, room, request: name, payload, at: this.#port.runtime.now(), state: 'waiting' };
      act = newAct(++this.#lastOrder, row, false);
      this.#acts.set(nameOf(row), act);
      this.#tell();
      void this.#store(act);
    }
    act.waiters.add(waiter);
    if (signal) {
      const added = act;
      const onAbort = () => this.#abort(added, waiter, signal.reason);
      const release = () => signal.removeEventListener('abort', onAbort);
      signal.addEventListener('abort', onAbort, { once: true });
      waiter.promise.then(release, release);
    }
    return waiter.promise;
  }

  /** A new connection follows the rooms: everything without an outcome is sent, again where it was sent before. */
  opened(): void {
    for (const act of this.#acts.values()) {
      if (act.inFlight) continue;
      act.handedOver = false;
      if (act.row.state === 'sending') this.#change(act, { state: 'waiting' });
    }
    this.#pump();
  }

  /** An entry of one's own came by: that is the outcome, whoever else reports it. */
  seen(entry: ActRef & { seq: number; at: number }): void {
    const act = this.#acts.get(nameOf(entry));
    if (act) this.#enter(act, entry);
  }

  /** Takes the outcome of an act that the server had queued. */
  decided({ room, clientId, outcome }: Payload<'outcome.decided'>): void {
    const act = this.#acts.get(nameOf({ room, clientId }));
    if (!act) return;
    if (outcome.outcome === 'entry') this.#enter(act, outcome);
    else this.#refused(act, new Refusal(isErrorCode(outcome.code) ? outcome.code : 'internal'));
    this.#pump();
  }

  /** Tries a failed act again, or a waiting one now. */
  async retry(ref: ActRef): Promise<void> {
    const act = this.#acts.get(nameOf(ref));
    if (!act) throw new Refusal('not-found');
    if (act.inFlight || act.row.state === 'queued') return;
    const isFresh = act.row.decided === true;
    if (isFresh) this.#rename(act);
    await this.#again(act, isFresh);
  }

  /** @param isFresh it has a clientId that was never sent */
  async #again(act: Act, isFresh = false): Promise<void> {
    act.tries = 0;
    act.retried = act.row.state === 'failed' && !isFresh;
    this.#wait(act);
    if (act.stored) await this.#write(act);
    this.#pump();
  }

  /** Forgets an act; what the server has already may still come to pass. */
  async discard(ref: ActRef): Promise<void> {
    const act = this.#acts.get(nameOf(ref));
    if (!act) throw new Refusal('not-found');
    this.#remove(act);
    for (const waiter of act.waiters) waiter.reject(new DOMException('discarded', 'AbortError'));
    await this.#port.store.apply(new Map([[keys.outboxRow(act.order), undefined]]));
    this.#pump();
  }

  /** Forgets everything: the account is another one now. */
  clear(): void {
    for (const act of [...this.#acts.values()]) {
      this.#remove(act);
      for (const waiter of act.waiters) waiter.reject(new Refusal('not-signed-in'));
    }
  }

  /** Stops; what waits stays in the store. */
  close(): void {
    this.#closed = true;
    for (const act of this.#acts.values()) {
      act.cancelTimer?.();
      for (const waiter of act.waiters) waiter.reject(new Refusal('unavailable'));
      act.waiters.clear();
    }
  }

  /** Hands over the first act of each room that may go. */
  #pump(): void {
    if (this.#closed || !this.#port.online()) return;
    const blocked = new Set<string>();
    for (const act of [...this.#acts.values()]) {
      if (this.#inFlight >= outboxInFlight) return;
      const { room, state, retryAt } = act.row;
      if (state === 'failed' || act.handedOver || blocked.has(room)) continue;
      blocked.add(room);
      if (act.stored && !act.inFlight && retryAt === undefined) void this.#send(act);
    }
  }

  async #send(act: Act): Promise<void> {
    act.inFlight = true;
    this.#inFlight += 1;
    if (act.row.state === 'waiting') this.#change(act, { state: 'sending' });
    let finish: () => void;
    try {
      const reply = await this.#port.send(act.row.request as ActName, act.row.payload as Payload<ActName>);
      finish = () => this.#answered(act, reply);
    } catch (error) {
      finish = () => this.#refused(act, error instanceof Refusal ? error : new Refusal('internal'));
    }
    act.inFlight = false;
    this.#inFlight -= 1;
    if (this.#acts.get(nameOf(act.row)) === act) finish();
    this.#pump();
  }

  #answered(act: Act, reply: Reply<ActName>): void {
    if (reply.outcome === 'entry') {
      this.#enter(act, reply);
      return;
    }
    act.handedOver = true;
    if (act.row.state !== 'queued') {
      this.#change(act, { state: 'queued' });
      // Should this not reach the disk, it is shown as waiting after a restart until the server says so again.
      if (act.stored) this.#write(act).catch(() => {});
    }
    for (const waiter of act.waiters) {
      if (waiter.untilDecided) continue;
      waiter.resolve('queued');
      act.waiters.delete(waiter);
    }
  }

  #enter(act: Act, { seq, at }: { seq: number; at: number }): void {
    this.#port.entered(act.row, { seq, at });
    this.#remove(act);
    for (const waiter of act.waiters) waiter.resolve({ seq, at });
    // Should this not reach the disk, the act is sent again after a restart and has the same outcome.
    this.#port.store.apply(new Map([[keys.outboxRow(act.order), undefined]])).catch(() => {});
  }

  #refused(act: Act, refusal: Refusal): void {
    const { code, detail } = refusal;
    act.handedOver = false;
    if (!this.#port.online() && code === 'unavailable') {
      if (act.row.state === 'sending') this.#wait(act);
      return;
    }
    act.tries += 1;
    if (!errors[code].retry || (code === 'internal' && act.tries >= internalTries)) {
      this.#fail(act, refusal);
      return;
    }
    const { runtime } = this.#port;
    const waitMs = Math.max(1, Math.round(detail.retryAfterMs ?? backoff(runtime, act.tries)));
    this.#wait(act, code, runtime.now() + waitMs);
    act.cancelTimer = runtime.setTimer(() => {
      this.#wait(act);
      this.#pump();
    }, waitMs);
  }

  #fail(act: Act, refusal: Refusal): void {
    act.cancelTimer?.();
    const { retryAt: _, ...row } = act.row;
    // A refusal of another server is kept there; an answer that was lost shows in that it is refused again.
    const decided = refusal.code !== 'internal' && (row.state === 'queued' || act.retried);
    act.row = { ...row, state: 'failed', code: refusal.code, ...(decided && { decided }) };
    this.#tell();
    for (const waiter of act.waiters) waiter.reject(refusal);
    act.waiters.clear();
    if (act.stored) this.#write(act).catch(() => {});
  }

  /** Back in the line; with `retryAt` not before then. */
  #wait(act: Act, code?: ErrorCode, retryAt?: number): void {
    act.cancelTimer?.();
    act.cancelTimer = undefined;
    const { code: _, retryAt: __, decided: ___, ...row } = act.row;
    act.row = { ...row, state: 'waiting', ...(code && { code }), ...(retryAt !== undefined && { retryAt }) };
    this.#tell();
  }

  /** The same act under another clientId, in the same place. */
  #rename(act: Act): void {
    const clientId = newClientId(this.#port.runtime);
    act.row = { ...act.row, clientId, payload: { ...(act.row.payload as object), clientId } };
    const all = [...this.#acts];
    this.#acts.clear();
    for (const [name, each] of all) this.#acts.set(each === act ? nameOf(act.row) : name, each);
  }

  async #store(act: Act): Promise<void> {
    try {
      await this.#write(act);
    } catch (error) {
      this.#remove(act);
      for (const waiter of act.waiters) waiter.reject(error);
      return;
    }
    act.stored = true;
    // Taken back while it was being written.
    if (this.#acts.get(nameOf(act.row)) !== act)
      await this.#port.store.apply(new Map([[keys.outboxRow(act.order), undefined]])).catch(() => {});
    this.#pump();
  }

  #write(act: Act): Promise<void> {
    return this.#port.store.apply(new Map([[keys.outboxRow(act.order), toBytes(act.row)]]));
  }

  #abort(act: Act, waiter: Waiter, reason: unknown): void {
    if (!act.waiters.delete(waiter)) return;
    waiter.reject(reason);
    if (act.row.state !== 'waiting' || act.waiters.size > 0) return;
    this.#remove(act);
    if (act.stored) this.#port.store.apply(new Map([[keys.outboxRow(act.order), undefined]])).catch(() => {});
    this.#pump();
  }

  #remove(act: Act): void {
    act.cancelTimer?.();
    if (this.#acts.get(nameOf(act.row)) !== act) return;
    this.#acts.delete(nameOf(act.row));
    this.#tell();
  }

  #change(act: Act, change: Partial<OutboxRow>): void {
    act.row = { ...act.row, ...change };
    this.#tell();
  }

  #tell(): void {
    this.#rows.set([...this.#acts.values()].map((act) => act.row));
  }
}

/** People may use one name in several rooms: there it is another act. */
const nameOf = ({ room, clientId }: ActRef): string => `${room}/${clientId}`;

function newAct(order: number, row: OutboxRow, stored: boolean): Act {
  return {
    order,
    row,
    stored,
    tries: 0,
    handedOver: false,
    retried: false,
    inFlight: false,
    cancelTimer: undefined,
    waiters: new Set(),
  };
}
