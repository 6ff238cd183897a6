/**
 * What people of this server do in rooms that another server keeps. An act gets the next number of this server in that
 * room and stays in the outbox until its outcome is on disk; what the clerk cannot be told now it is told when it is back.
 */
import { type ErrorCode, limits, type QuestionReply } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  decodeAct,
  encodeAct,
  encodeStamp,
  envelopeHash,
  equalBytes,
  type Part,
  participants,
  refusalOf,
  signBatch,
  zeroHash,
} from '@parley/room';
import { Moved } from '../committer.ts';
import { type Draft, makeAct, type Outcome } from '../draft.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import type { PlacedAct } from '../run.ts';
import type { Runtime } from '../runtime.ts';
import { actName, keyOf } from '../store/entry.ts';
import type { OutboxRow, Stamped } from '../store/entry-outbox.ts';
import { giveUp } from '../store/room-foreign.ts';
import type { Store } from '../store/store.ts';
import type { Unkept } from '../unkept.ts';
import { cut } from './batches.ts';
import { divide, isFromOutside, readClosing } from './closings.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import { type Place, standingOf } from './settling.ts';
import { SlowMode } from './slow-mode.ts';
import { highestOf, isAfter, isSameStamp, stampAgain } from './stamping.ts';
import { settleUnheard } from './unheard.ts';

/** Acts of one room that may wait: a day of a busy room without its clerk. */
const mostWaiting = 10_000;
/** After an answer that asks for patience without saying how much. */
const retryMs = 1_000;

export interface OriginOptions {
  readonly store: Pick<Store, 'db' | 'entry' | 'outbox' | 'foreign'>;
  readonly peers: Pick<Peers, 'ask' | 'isLinked' | 'mayLink'>;
  readonly rooms: Pick<Rooms, 'load' | 'turn'>;
  readonly names: Names;
  readonly unkept: Unkept;
  readonly crypto: Crypto;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly id: string;
  /** Told of acts that were refused, when nothing of them is kept any more. */
  readonly refused: (room: string, user: string, clientId: string, code: ErrorCode) => void;
  /** Told of acts that stand in a part of the log that is not held here. */
  readonly repeated: (room: string, user: string, clientId: string, place: Place) => void;
  /** Told of a room in which somebody may be again, though nothing of it comes here. */
  readonly rejoined: (clerk: string, room: string) => void;
}

type Submitted = QuestionReply<'submit'>;
type Refused = Omit<Outcome & { type: 'refused' }, 'type'>;

export class Origin {
  readonly #options: OriginOptions;
  /** By room: what has been submitted over the present link, and whether more came meanwhile. */
  readonly #pumps = new Map<string, { again: boolean }>();
  readonly #retries = new Map<string, () => void>();
  readonly #slow: SlowMode;

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#slow = new SlowMode(options.runtime.elapsed);
  }

  /** The clerk of a room found somebody too fast. */
  slowDown(room: string, user: string): void {
    this.#slow.note(room, user);
  }

  /** Stamps acts in order, in the room's turn; they are durable when the outcome `queued` is. */
  async queue(room: LoadedRoom, drafts: readonly Draft[]): Promise<PlacedAct[]> {
    const { store, crypto, id, peers, unkept } = this.#options;
    const names = drafts.map(({ author, clientId }) => actName(author.id, clientId));
    const prior = await store.entry.byActs(room.n, names.map(keyOf));
    const rows: OutboxRow[] = [];
    let last = await this.#lastOf(room);
    let waiting = await store.outbox.count(room.n);
    const at = this.#options.runtime.now();
    const closed = peers.mayLink(room.state.clerk) ? undefined : 'blocked';
    const outcomes: Outcome[] = [];
    for (const [i, draft] of drafts.entries()) {
      const standing = prior.get(names[i]!);
      const outcome = standing ? standingOf(standing) : await this.#known(room, rows, draft);
      if (outcome) {
        outcomes.push(outcome);
        continue;
      }
      const { act, parts } = makeAct(this.#options, room.id, draft);
      const code = closed ?? (waiting >= mostWaiting ? 'too-many' : undefined);
      const refused = this.#refusal(room, act, parts, code);
      if (refused) {
        outcomes.push({ type: 'refused', ...refused });
        continue;
      }
      const { incarnation, oseq: before, hash: prev } = last;
      const oseq = before + 1;
      const stamp = encodeStamp({ origin: id, incarnation, oseq, prev, after: room.committed });
      const bytes = encodeAct(act);
      const hash = envelopeHash(crypto, stamp, crypto.sha256(bytes));
      const { author, clientId, kind } = draft;
      const keeps = room.state.settings.retentionDays !== 0;
      if (!keeps) unkept.put(act.parts, parts);
      const row = { incarnation, oseq, hash, person: author.n, clientId, kind, stamp, act: bytes, at };
      rows.push({ ...row, parts: keeps ? parts : [] });
      last = { incarnation, oseq, hash };
      waiting += 1;
      outcomes.push({ type: 'queued' });
    }
    if (rows.length === 0) return outcomes.map((outcome) => ({ outcome }));
    room.outgoing = last;
    const durable = store.outbox.add(room.n, rows).then(
      () => this.pump(room.id),
      (error) => {
        room.outgoing = undefined;
        throw error;
      },
    );
    room.landing(durable);
    return outcomes.map((outcome) => (outcome.type === 'queued' ? { outcome, durable } : { outcome }));
  }

  /** Why an act is not taken here; `closed` is another reason. */
  #refusal(
    { state }: LoadedRoom,
    act: Act,
    parts: readonly Part[],
    closed: ErrorCode | undefined,
  ): Refused | undefined {
    if (parts.some(({ bytes }) => bytes.length > limits.envelopeBytes)) return { code: 'too-large' };
    const code = closed ?? refusalOf(state, act);
    if (code) return { code };
    const retryAfterMs = this.#slow.take(state, act.user, act.kind);
    return retryAfterMs > 0 ? { code: 'too-fast', retryAfterMs } : undefined;
  }

  /** Hands in what waits in a room, as far as its clerk is linked. */
  pump(room: string): void {
    const running = this.#pumps.get(room);
    if (running) {
      running.again = true;
      return;
    }
    const pump = { again: false };
    this.#pumps.set(room, pump);
    void this.#run(room)
      .catch((error) => this.#options.log.warn({ error, room }, 'acts could not be handed in; trying again'))
      .finally(() => {
        this.#pumps.delete(room);
        if (pump.again) this.pump(room);
      });
  }

  /** A server is linked: what waits for rooms that it keeps goes out. */
  async linked(server: string): Promise<void> {
    for (const id of await this.roomsOf(server)) this.pump(id);
  }

  /** Rooms of a server, or of all, in which something waits for its clerk. */
  async roomsOf(server?: string): Promise<string[]> {
    const found: string[] = [];
    for (const id of await this.#options.store.outbox.rooms()) {
      const room = await this.#options.rooms.load(id);
      if (server === undefined || room.state.clerk === server) found.push(id);
    }
    return found;
  }

  /**
   * Gives up all that waits in a room: its authors are told the code, and what comes after is numbered anew. What the
   * clerk took already, unheard here, stands all the same. Returns how much it was.
   */
  drop(id: string, code: ErrorCode): Promise<number> {
    return this.#options.rooms.turn(id, async (room) => {
      const { store, refused, log } = this.#options;
      const rows = await this.#waitingIn(room);
      if (rows.length === 0) return { value: 0 };
      const highest = highestOf(rows);
      await store.outbox.replace(room.n, [], [giveUp(room.n, highest)]);
      room.outgoing = { incarnation: highest + 1, oseq: 0, hash: zeroHash };
      for (const { act, clientId } of rows) refused(id, decodeAct(act).user, clientId, code);
      log.warn({ room: id, server: room.state.clerk, acts: rows.length, code }, 'what waited in a room was given up');
      return { value: rows.length };
    });
  }

  async #run(id: string): Promise<void> {
    this.#retries.get(id)?.();
    this.#retries.delete(id);
    const { rooms, peers, store } = this.#options;
    const room = await rooms.load(id);
    const { clerk } = room.state;
    // What the log holds already is on its way out of the outbox.
    let from: Omit<Stamped, 'hash'> = { incarnation: -1, oseq: 0 };
    let isRestamped = false;
    while (peers.isLinked(clerk)) {
      const batch = cut(await store.outbox.after(room.n, from, limits.batchEnvelopes));
      if (batch.length === 0) return;
      const isSettled = await this.#settle(id, batch);
      if (isSettled === undefined) return this.#later(id);
      if (isSettled) continue;
      const reply = await this.#submit(room, batch);
      if (!reply) return this.#later(id);
      const { state, cursor } = reply;
      const isDoubtful = state === 'fork' || (cursor && !batch.some((row) => isSameStamp(row, cursor)));
      if (isDoubtful && (await this.#restamp(id, reply))) {
        if (isRestamped) return this.#later(id);
        isRestamped = true;
        from = { incarnation: -1, oseq: 0 };
      } else if (state === 'closed') return (await this.#close(id, reply)) ? this.pump(id) : this.#later(id);
      else if (state === 'decided' && cursor && (await this.#unfed(id, cursor))) this.pump(id);
      else if (cursor && isAfter(cursor, from)) from = cursor;
      else return this.#later(id, reply.retryAfterMs);
    }
  }

  /** Who has nobody in a room is not fed what came of its acts there, and asks. Resolves with whether there were any. */
  async #unfed(id: string, cursor: Stamped): Promise<boolean> {
    const { rooms, store, id: origin, rejoined } = this.#options;
    const found = await rooms.turn(id, async (room) => {
      const waiting = participants(room.state).has(origin) ? [] : await this.#waitingIn(room);
      const rows = waiting.filter((row) => !isAfter(row, cursor));
      // Nothing here will say that these numbers are used up.
      if (rows.length > 0) await store.db.transaction([{ statements: [giveUp(room.n, highestOf(rows))] }]);
      return { value: { rows, n: room.n, clerk: room.state.clerk } };
    });
    const { rows, n, clerk } = found;
    if (rows.length === 0) return false;
    await settleUnheard(this.#options, { id, n, clerk }, rows, 'not-a-member');
    if (rows.some(({ act }) => isFromOutside(decodeAct(act)))) rejoined(clerk, id);
    return true;
  }

  /**
   * Whether some of these had their outcome in what was taken over as a state, and wait no more, or under new numbers;
   * undefined when that could not be found out.
   */
  async #settle(id: string, batch: readonly OutboxRow[]): Promise<boolean | undefined> {
    const { rooms, log, id: origin } = this.#options;
    const isDecided = (room: LoadedRoom, row: OutboxRow): boolean => {
      const decided = room.state.origins.get(origin);
      return decided !== undefined && !isAfter(row, decided);
    };
    const seen = await rooms.load(id);
    if (!batch.some((row) => isDecided(seen, row))) return false;
    const rows = await rooms.turn(id, async (room) => {
      const waiting = await this.#waitingIn(room);
      return { value: waiting.filter((row) => isDecided(room, row)) };
    });
    if (rows.length === 0) return true;
    const { n, state } = seen;
    try {
      if (await settleUnheard(this.#options, { id, n, clerk: state.clerk }, rows)) return true;
    } catch (error) {
      log.debug({ error, room: id, server: state.clerk }, 'what became of acts was not told');
      return undefined;
    }
    await this.#restamp(id, { state: 'fork', cursor: state.origins.get(origin) ?? null, outcomes: [] });
    return true;
  }

  #later(id: string, delayMs = retryMs): void {
    if (this.#retries.has(id)) return;
    this.#retries.set(
      id,
      this.#options.runtime.setTimer(() => {
        this.#retries.delete(id);
        this.pump(id);
      }, delayMs),
    );
  }

  async #submit(room: LoadedRoom, batch: readonly OutboxRow[]): Promise<Submitted | undefined> {
    const { peers, crypto, names, log } = this.#options;
    const { clerk, network } = room.state;
    const last = batch.at(-1)!;
    const payload = {
      room: room.id,
      envelopes: batch.map(({ stamp, act, parts }) => ({ stamp, act, parts: this.#contentOf(act, parts) })),
      signature: signBatch(crypto, network, room.id, last),
      people: await names.of(batch.map(({ act }) => decodeAct(act).user)),
    };
    try {
      return await peers.ask(clerk, 'submit', payload, { priority: 'message', flow: room.id });
    } catch (error) {
      log.debug({ error, room: room.id, server: clerk }, 'a batch was not taken');
      return undefined;
    }
  }

  /** Of a room that keeps nothing it is in memory, or lost. */
  #contentOf(act: Uint8Array, parts: readonly Part[]): Part[] {
    if (parts.length > 0) return [...parts];
    const kept = decodeAct(act).parts.map((ref) => this.#options.unkept.get(ref));
    return kept.every((part) => part !== undefined) ? kept : [];
  }

  /**
   * Where the clerk knows another numbering of this server, which was restored, all that waits goes on in a higher one.
   * Resolves with whether that was so.
   */
  #restamp(id: string, { state, cursor: known }: Submitted): Promise<boolean> {
    return this.#options.rooms.turn(id, async (room) => {
      const { store, crypto, id: origin } = this.#options;
      const rows = await this.#waitingIn(room);
      // What has its outcome here waits no more: under that number stands another act of this server.
      const decided = room.state.origins.get(origin);
      const isSecond = rows.some((row) => decided && !isAfter(row, decided));
      if (state !== 'fork' && !isSecond && known && (await this.#isOwn(room, known))) return { value: false };
      const highest = Math.max(
        known?.incarnation ?? 0,
        decided?.incarnation ?? 0,
        ...rows.map(({ incarnation }) => incarnation),
      );
      const again = stampAgain(crypto, origin, highest + 1, rows);
      await store.outbox.replace(room.n, again);
      room.outgoing = again.at(-1) ?? { incarnation: highest + 1, oseq: 0, hash: zeroHash };
      return { value: true };
    });
  }

  /**
   * Nobody of this server is in the room any more: what waits is refused, and what is to bring somebody in again goes on
   * in a numbering of its own. False without the clerk's signature.
   */
  #close(id: string, reply: Submitted): Promise<boolean> {
    return this.#options.rooms.turn(id, async (room) => {
      const { store, crypto, id: origin, log } = this.#options;
      const said = readClosing(crypto, room.state, origin, reply);
      if (!said) {
        log.warn({ room: id, server: room.state.clerk }, 'a server refuses acts without its signature');
        return { value: false };
      }
      const waiting = await this.#waitingIn(room);
      const { decided, refused, rest } = divide(waiting, said);
      // All of it is of numbers that are used up: what became of them is on its way.
      if (refused.length + rest.length === 0) return { value: false };
      const highest = highestOf([said.highest, ...waiting]);
      const again = stampAgain(crypto, origin, highest + 1, rest);
      await store.outbox.replace(room.n, [...decided, ...again], [giveUp(room.n, highest)]);
      room.outgoing = again.at(-1) ?? { incarnation: highest + 1, oseq: 0, hash: zeroHash };
      for (const { act, clientId } of refused) this.#options.refused(id, decodeAct(act).user, clientId, said.code);
      return { value: true };
    });
  }

  /** All that waits in a room, in its turn, what is on its way to the disk included. */
  async #waitingIn(room: LoadedRoom): Promise<OutboxRow[]> {
    await landed(room);
    return this.#options.store.outbox.after(room.n, { incarnation: -1, oseq: 0 }, mostWaiting);
  }

  async #lastOf(room: LoadedRoom): Promise<Stamped> {
    if (room.outgoing) return room.outgoing;
    const waiting = await this.#options.store.outbox.last(room.n);
    const decided = room.state.origins.get(this.#options.id);
    if (waiting && (!decided || isAfter(waiting, decided))) return waiting;
    const givenUp = await this.#options.store.foreign.givenUp(room.n);
    if (decided && decided.incarnation > givenUp) return decided;
    return { incarnation: givenUp + 1, oseq: 0, hash: zeroHash };
  }

  /** Whether a number that the clerk knows is one that this server gave out: one restored from an old backup did not. */
  async #isOwn(room: LoadedRoom, known: Stamped): Promise<boolean> {
    if (isAfter(known, await this.#lastOf(room))) return false;
    const waiting = await this.#options.store.outbox.at(room.n, known);
    const decided = room.state.origins.get(this.#options.id);
    const own = waiting ?? (decided && !isAfter(known, decided) && !isAfter(decided, known) ? decided : known);
    return equalBytes(own.hash, known.hash);
  }

  async #known(room: LoadedRoom, rows: readonly OutboxRow[], draft: Draft): Promise<Outcome | undefined> {
    const { author, clientId } = draft;
    const isHere = rows.some((row) => row.person === author.n && row.clientId === clientId);
    const isQueued = isHere || (await this.#options.store.outbox.byClientId(room.n, author.n, clientId));
    return isQueued ? { type: 'queued' } : undefined;
  }
}

/** What is on its way to the disk may settle or add rows. */
async function landed(room: LoadedRoom): Promise<void> {
  await room.settled();
  if (room.dropped) throw new Moved();
}
