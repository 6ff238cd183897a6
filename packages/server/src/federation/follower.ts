/**
 * Follows rooms that other servers keep: what their clerks send is held against the chain, the fold and the signatures
 * of its authors' servers, stored, told here, and its place is said back. What does not hold is not stored; the room
 * stands still and says so until the clerk sends something that does.
 */
import { type ErrorCode, type FramePayload, Refusal } from '@parley/protocol';
import {
  type Crypto,
  equalBytes,
  type Followed,
  type Header,
  hashOfOutcome,
  type RoomState,
  readHeader,
  verifyCheckpoint,
} from '@parley/room';
import type { Written } from '../append.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { People } from '../people.ts';
import type { Rooms } from '../rooms.ts';
import { Run, type RunOptions } from '../run.ts';
import { checkpointPut } from '../store/archive.ts';
import { outboxSettle, type Stamped } from '../store/entry-outbox.ts';
import type { Store } from '../store/store.ts';
import { followAll, followedEntries, nameRoom } from './followed-entries.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';

/** Rooms that one frame names. */
const roomsPerFrame = 500;

/** Why a room stands still. */
export interface Quarantine {
  room: string;
  server: string;
  field: string;
  since: number;
}
/** What a clerk appended although the rules of its room forbid it: it stands in the chain and changes nothing. */
export interface Forbidden {
  entries: number;
  lastSeq: number;
  code: ErrorCode;
}
/** Rooms whose trouble is remembered; of more it is in the log. */
const troubled = 1_000;

/** When this server's own disk failed. */
const retryMs = 1_000;

type Append = FramePayload<'append'>;

export interface FollowerOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'load' | 'turn'>;
  readonly peers: Pick<Peers, 'send'>;
  readonly people: People;
  readonly names: Names;
  readonly crypto: Crypto;
  readonly run: RunOptions;
  readonly log: Log;
  readonly id: string;
  /** Told of own acts that have their outcome, when it is on disk. */
  readonly settled: (room: LoadedRoom, written: readonly Written[]) => void;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #quarantined = new Map<string, Quarantine>();
  readonly #forbidden = new Map<string, Forbidden>();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get quarantined(): readonly Quarantine[] {
    return [...this.#quarantined.values()];
  }

  /** What is wrong with a room of another server. */
  troubleIn(room: string): { still: Quarantine | undefined; forbidden: Forbidden | undefined } {
    return { still: this.#quarantined.get(room), forbidden: this.#forbidden.get(room) };
  }

  /** How many rooms stand still, and how many entries were forbidden, in all. */
  get troubles(): { still: number; forbidden: number } {
    const forbidden = [...this.#forbidden.values()].reduce((sum, { entries }) => sum + entries, 0);
    return { still: this.#quarantined.size, forbidden };
  }

  /** Asks the clerk of a room that stands still for what follows again. */
  async retry({ room, server }: Pick<Quarantine, 'room' | 'server'>): Promise<void> {
    this.#stand(server, await this.#options.rooms.load(room), true);
  }

  /** A server is linked: it learns where this one stands in all rooms that it keeps. */
  async linked(server: string): Promise<void> {
    const { store, peers } = this.#options;
    let after = '';
    for (;;) {
      const rooms = await store.foreign.ofClerk(server, after, roomsPerFrame);
      if (rooms.length === 0) return;
      const cursors = rooms.map(({ id, term, seq }) => ({ room: id, at: { term, seq }, isReset: true }));
      if (!peers.send(server, 'cursor', { rooms: cursors }, { priority: 'control', flow: after })) return;
      after = rooms.at(-1)!.id;
    }
  }

  /** Entries from the clerk of a room. */
  async append(from: string, frame: Append): Promise<void> {
    const { rooms, run, log } = this.#options;
    try {
      const room = await rooms.load(frame.room);
      if (room.state.clerk !== from || room.archive) throw new Refusal('not-found');
      const result = await rooms.turn(frame.room, (now) => this.#extend(now, frame));
      if (result === 'appended') this.#quarantined.delete(frame.room);
      if (result !== 'held') this.#stand(from, await rooms.load(frame.room), result === 'gap');
    } catch (error) {
      const code = error instanceof Refusal ? error.code : undefined;
      if (code === 'not-found') this.#forget(from, frame.room);
      else if (code === 'bad-request' || code === 'bad-frame' || code === 'unsupported-room')
        this.#quarantine(from, frame.room, (error as Refusal).detail.field ?? code);
      else {
        run.runtime.setTimer(() => void this.#askAgain(from, frame.room), retryMs);
        if (code === undefined) throw error;
        log.warn({ error, room: frame.room, server: from }, 'entries could not be stored; asking for them again');
      }
    }
  }

  /** What the clerk of a room sends does not hold. */
  #quarantine(server: string, room: string, field: string): void {
    const { run, log } = this.#options;
    log.error({ room, server, field }, 'a room of another server stands still: its log is wrong');
    if (!this.#quarantined.has(room) && this.#quarantined.size >= troubled) return;
    const since = this.#quarantined.get(room)?.since ?? run.runtime.now();
    this.#quarantined.set(room, { room, server, field, since });
  }

  async #askAgain(server: string, room: string): Promise<void> {
    const { rooms, log } = this.#options;
    try {
      this.#stand(server, await rooms.load(room), true);
    } catch (error) {
      log.warn({ error, room }, 'a room waits for the next link');
    }
  }

  /** Says where a room stands here. */
  #stand(server: string, room: LoadedRoom, isReset: boolean): void {
    const cursor = { room: room.id, at: room.committed, ...(isReset ? { isReset } : {}) };
    this.#options.peers.send(server, 'cursor', { rooms: [cursor] }, { priority: 'control', flow: room.id });
  }

  #forget(server: string, room: string): void {
    this.#options.peers.send(server, 'cursor', { rooms: [{ room, at: null }] }, { priority: 'control', flow: room });
  }

  async #extend(room: LoadedRoom, { lines, people, checkpoint }: Append) {
    const { state } = room;
    const fresh = lines.filter(({ header }) => isNews(readHeader(header), state));
    const first = fresh[0] && readHeader(fresh[0].header);
    if (!first) return { value: 'held' as const };
    if (first.what.type !== 'term' && first.pos.seq !== state.head.seq + 1) return { value: 'gap' as const };
    const run = new Run(this.#options.run, room);
    let followed: Followed[];
    try {
      followed = followAll(this.#options.crypto, this.#options.id, state, fresh);
      const headers = followed.map(({ header }) => header);
      if (checkpoint) this.#hold(room, checkpoint);
      run.written.push(...(await followedEntries(this.#options, room, headers, fresh, people)));
    } catch (error) {
      // The state was left halfway.
      room.dropped = true;
      throw error;
    }
    this.#report(room, followed);
    nameRoom(room, run.written);
    const own = this.#ownOf(run.written);
    // What the clerk said last is its own proof, should it lose the end of its log.
    const proof = checkpoint ? [checkpointPut(room.n, checkpoint)] : [];
    run.append(own.length > 0 ? [outboxSettle(room.n, own), ...proof] : proof);
    room.landing(run.durable);
    void run.durable.then(
      () => this.#options.settled(room, run.written),
      () => {},
    );
    return { value: 'appended' as const, durable: run.durable };
  }

  /** Counts what is forbidden; the log says so once for each room. */
  #report(room: LoadedRoom, followed: readonly Followed[]): void {
    for (const { header, forbidden: code } of followed) {
      if (!code) continue;
      const known = this.#forbidden.get(room.id);
      const { seq } = header.pos;
      if (!known) {
        const { clerk } = room.state;
        this.#options.log.error({ room: room.id, server: clerk, seq, code }, 'a server appends what its room forbids');
        if (this.#forbidden.size >= troubled) continue;
      }
      this.#forbidden.set(room.id, { entries: (known?.entries ?? 0) + 1, lastSeq: seq, code });
    }
  }

  /** What the clerk signed must be what came of it here. */
  #hold(room: LoadedRoom, checkpoint: NonNullable<Append['checkpoint']>): void {
    const { state } = room;
    const { crypto } = this.#options;
    if (checkpoint.pos.seq !== state.head.seq || checkpoint.pos.term !== state.head.term) return;
    const isSigned = verifyCheckpoint(crypto, state.network, room.id, state.clerk, checkpoint);
    if (!isSigned || !equalBytes(checkpoint.chain, state.chain)) throw bad('checkpoint');
    room.noteChanges(state.changed);
    if (!equalBytes(checkpoint.stateHash, room.stateHash(crypto))) throw bad('state');
  }

  /** The acts of this server among them, by which they leave its outbox. */
  #ownOf(written: readonly Written[]): Stamped[] {
    const { crypto, id } = this.#options;
    return written.flatMap(({ header: { what } }) => {
      if ((what.type !== 'envelope' && what.type !== 'tombstone') || what.stamp.origin !== id) return [];
      const { incarnation, oseq } = what.stamp;
      return [{ incarnation, oseq, hash: hashOfOutcome(crypto, what)! }];
    });
  }
}

const bad = (field: string): Refusal => new Refusal('bad-request', { field });

const isNews = ({ pos }: Header, { head }: RoomState): boolean =>
  pos.term > head.term || (pos.term === head.term && pos.seq > head.seq);
