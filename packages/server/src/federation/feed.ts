/**
 * From a clerk to the servers of a room's members: what follows the place that each of them says it holds, a bounded
 * number of frames ahead of its word that they are on disk. Nothing of it is stored: a server that comes back says
 * where it stands.
 */
import { type FramePayload, limits, type Position, Refusal } from '@parley/protocol';
import { type Crypto, participants, readHeader, signCheckpoint, signedLength } from '@parley/room';
import { peopleOf } from '../entry-view.ts';
import type { LoadedRoom, LogEnd } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import type { Runtime } from '../runtime.ts';
import type { Store } from '../store/store.ts';
import type { Unkept } from '../unkept.ts';
import { linesOf } from './lines.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import type { Recovery } from './recovery.ts';
import { stayAfter } from './stays.ts';

/** Entries of one frame, and of all that are on the way to one server in one room. */
const frameEntries = 64;
const aheadEntries = 512;
const frameBytes = limits.frameBytes - 65_536;
/** Rooms of which nothing is known here, and which are asked for at the same time. */
const mostRevived = 32;
/** When a queue was full, it is tried again after so long. */
const retryMs = 50;

interface Feed {
  readonly server: string;
  readonly room: string;
  /** The last seq that was sent, and the last that the server holds. */
  sent: number;
  held: number;
  /** The last seq that is for this server; undefined while it has members. */
  until: number | undefined;
  sending: boolean;
  again: boolean;
}

export interface FeedsOptions {
  readonly store: Pick<Store, 'entry' | 'foreign'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'send' | 'isLinked'>;
  readonly names: Names;
  readonly unkept: Unkept;
  readonly crypto: Crypto;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly id: string;
  readonly recovery: Pick<Recovery, 'isApart' | 'meet' | 'revive'>;
}

export class Feeds {
  readonly #options: FeedsOptions;
  /** Servers whose logs are being brought together with the one here, as `room/server`. */
  readonly #meeting = new Set<string>();
  readonly #byRoom = new Map<string, Map<string, Feed>>();

  constructor(options: FeedsOptions) {
    this.#options = options;
  }

  /** A server says where it stands in rooms that are kept here. */
  async stands(from: string, { rooms }: FramePayload<'cursor'>): Promise<void> {
    for (const { room, at, isReset } of rooms) {
      if (at === null) this.#drop(room, from);
      else await this.#stand(from, room, at, isReset === true);
    }
  }

  /** Entries of a room that a server has not said it holds; undefined where it is fed nothing now. */
  behind(room: string, server: string, seq: number): number | undefined {
    const feed = this.#byRoom.get(room)?.get(server);
    return feed && Math.max(0, Math.min(feed.until ?? seq, seq) - feed.held);
  }

  /** Feeds that are open, and of each how many entries it is ahead of the word that they are held. */
  get underWay(): { feeds: number; entries: number } {
    let feeds = 0;
    let entries = 0;
    for (const byServer of this.#byRoom.values())
      for (const { sent, held } of byServer.values()) {
        feeds += 1;
        entries += sent - held;
      }
    return { feeds, entries };
  }

  /** The link with a server is over. */
  lost(server: string): void {
    for (const room of [...this.#byRoom.keys()]) this.#drop(room, server);
  }

  /** Entries of a room that is kept here are on disk. */
  committed({ id }: Pick<LoadedRoom, 'id'>): void {
    for (const feed of this.#byRoom.get(id)?.values() ?? []) this.#pump(feed);
  }

  async #stand(from: string, id: string, at: Position, isReset: boolean): Promise<void> {
    const known = this.#byRoom.get(id)?.get(from);
    if (known && !isReset) {
      known.held = Math.max(known.held, Math.min(at.seq, known.sent));
      this.#pump(known);
      return;
    }
    const room = await this.#room(id);
    if (!room) return this.#meet(from, id, at, 'revive');
    if (room.state.clerk !== this.#options.id || room.archive) return;
    if (await this.#options.recovery.isApart(room, at)) {
      this.#drop(id, from);
      this.#meet(from, id, at);
      return;
    }
    const stay = await this.#stayOf(room, from, at.seq);
    if (!stay) return;
    const { until } = stay;
    const feed: Feed = { server: from, room: id, sent: at.seq, held: at.seq, until, sending: false, again: false };
    const feeds = this.#byRoom.get(id);
    if (feeds) feeds.set(from, feed);
    else this.#byRoom.set(id, new Map([[from, feed]]));
    this.#pump(feed);
  }

  /** It is asked over the link that it said this by: that must be read on. */
  #meet(from: string, id: string, at: Position, how: 'meet' | 'revive' = 'meet'): void {
    const { recovery, log } = this.#options;
    const name = `${id}/${from}`;
    if (this.#meeting.has(name) || (how === 'revive' && this.#meeting.size >= mostRevived)) return;
    this.#meeting.add(name);
    void recovery[how](from, id, at)
      .finally(() => this.#meeting.delete(name))
      .then((goesOn) => (goesOn ? this.#stand(from, id, at, true) : undefined))
      .catch((error) => {
        const level = error instanceof Refusal && error.code === 'not-found' ? 'debug' : 'warn';
        log[level]({ error, room: id, server: from }, 'what another server holds of a log was not taken');
      });
  }

  /** Whether a server has said where it stands in a room, over the link that there is. */
  hasSaid(room: string, server: string): boolean {
    return this.#byRoom.get(room)?.has(server) ?? false;
  }

  /**
   * What follows `seq` is for a server until the entry by which it lost its last member; undefined where it had nobody in
   * the room then, or was without anybody since: it takes the room as it stands.
   */
  async #stayOf(room: LoadedRoom, server: string, seq: number): Promise<{ until: number | undefined } | undefined> {
    for (let now = room; ; now = await this.#options.rooms.load(room.id)) {
      const isIn = participants(now.state).has(server);
      const isOpen = now.state.historyRules.every(({ rule }) => rule !== 'since-join');
      if (isIn && (isOpen || seq >= now.committed.seq)) return { until: undefined };
      // The state may be ahead of the disk, which would tell of an earlier stay.
      await now.settled();
      if (now.dropped) continue;
      const stay = stayAfter(await this.#options.store.foreign.staysOf(now.n, server), seq);
      return stay && { until: stay.to < Number.MAX_SAFE_INTEGER ? stay.to : undefined };
    }
  }

  /** The entry by which a server lost its last member; undefined while it has one, or never had. */
  async #untilOf(room: LoadedRoom, server: string): Promise<number | undefined> {
    for (let now = room; ; now = await this.#options.rooms.load(room.id)) {
      if (participants(now.state).has(server)) return undefined;
      await now.settled();
      if (!now.dropped) return this.#options.store.foreign.lastStay(now.n, server);
    }
  }

  async #room(id: string): Promise<LoadedRoom | undefined> {
    try {
      return await this.#options.rooms.load(id);
    } catch {
      return undefined;
    }
  }

  #drop(room: string, server: string): void {
    const feeds = this.#byRoom.get(room);
    feeds?.delete(server);
    if (feeds?.size === 0) this.#byRoom.delete(room);
  }

  #pump(feed: Feed): void {
    if (feed.sending) {
      feed.again = true;
      return;
    }
    feed.sending = true;
    feed.again = false;
    void this.#send(feed)
      .catch((error) => this.#options.log.warn({ error, room: feed.room, server: feed.server }, 'a feed stopped'))
      .finally(() => {
        feed.sending = false;
        if (feed.again && this.#isCurrent(feed)) this.#pump(feed);
      });
  }

  #isCurrent = (feed: Feed): boolean => this.#byRoom.get(feed.room)?.get(feed.server) === feed;

  async #send(feed: Feed): Promise<void> {
    const { rooms, peers, runtime } = this.#options;
    while (this.#isCurrent(feed)) {
      const room = await rooms.load(feed.room);
      feed.until ??= await this.#untilOf(room, feed.server);
      const to = Math.min(feed.until ?? room.committed.seq, room.committed.seq, feed.held + aheadEntries);
      if (feed.sent >= to) {
        if (feed.until !== undefined && feed.sent >= feed.until) this.#drop(feed.room, feed.server);
        return;
      }
      const frame = await this.#frame(room, feed.sent, to);
      if (!peers.send(feed.server, 'append', frame.payload, { priority: 'message', flow: feed.room })) {
        runtime.setTimer(() => this.#pump(feed), retryMs);
        return;
      }
      feed.sent = frame.last;
    }
  }

  async #frame(
    room: LoadedRoom,
    after: number,
    to: number,
  ): Promise<{ payload: FramePayload<'append'>; last: number }> {
    const { store, names, crypto, unkept } = this.#options;
    const records = await store.entry.forwards(room.n, { from: after + 1, to }, frameEntries, false);
    const read = await linesOf(store, room.n, records, frameBytes, unkept);
    const headers = read.map(({ header }) => readHeader(header));
    const lines = read.slice(0, signedLength(room.state.clerk, headers));
    if (lines.length === 0) throw new Error('a batch is larger than a frame');
    const last = after + lines.length;
    const users = headers.slice(0, lines.length).flatMap(peopleOf);
    const end = endOf(room, crypto);
    const checkpoint =
      end?.pos.seq === last
        ? signCheckpoint(crypto, room.state.network, room.id, end.pos, end.chain, end.stateHash)
        : undefined;
    const payload = { room: room.id, lines, people: await names.of(users), ...(checkpoint ? { checkpoint } : {}) };
    return { payload, last };
  }
}

/** What is committed, where that is known: the state may be ahead of it. */
function endOf(room: LoadedRoom, crypto: Crypto): LogEnd | undefined {
  const { committed, committedEnd, state } = room;
  if (committedEnd) return committedEnd;
  const isAhead = state.head.seq !== committed.seq;
  return isAhead ? undefined : { pos: committed, chain: state.chain, stateHash: room.stateHash(crypto) };
}
