/**
 * A clerk that was restored from an old backup gets back what it lost, from whichever server still holds it. What follows
 * right on its own log and is proven by its own checkpoint is taken over as it was. Where the log went on meanwhile, it
 * does so in a later term: what was lost is appended again, and the other server takes the room as it stands then.
 */
import { type Position, serverOf } from '@parley/protocol';
import { type Checkpoint, type Crypto, equalBytes, isBefore, participants, resetBase } from '@parley/room';
import { Moved } from '../committer.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { People } from '../people.ts';
import type { Rooms } from '../rooms.ts';
import { isDeserted, Run, type RunOptions } from '../run.ts';
import type { Store } from '../store/store.ts';
import type { ChainMarks } from './chain-marks.ts';
import { followAll, followedEntries, nameRoom } from './followed-entries.ts';
import { findTail, type LostTail, type LostTailOptions, pagesOf, type TailPage } from './lost-tail.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import { Retelling } from './retelling.ts';
import { revive } from './reviving.ts';

export interface RecoveryOptions {
  readonly store: Pick<Store, 'db' | 'entry' | 'room' | 'archive'>;
  readonly rooms: Pick<Rooms, 'load' | 'turn' | 'between' | 'appeared'>;
  readonly peers: Pick<Peers, 'ask' | 'send'>;
  readonly people: People;
  readonly names: Names;
  readonly chains: Pick<ChainMarks, 'before'>;
  readonly crypto: Crypto;
  readonly run: RunOptions;
  readonly log: Log;
  readonly id: string;
  readonly network: string;
  /** Told of each person of this server who is in a room that is here again. */
  readonly entered: (room: string, user: string) => void;
}

const quiet = { priority: 'bulk' } as const;

export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #retelling: Retelling;
  readonly #tail: LostTailOptions;
  /** By room: one server after another. */
  readonly #last = new Map<string, Promise<boolean>>();

  constructor(options: RecoveryOptions) {
    const { store, chains, crypto, id, peers } = options;
    this.#options = options;
    this.#retelling = new Retelling(options);
    const ask: LostTailOptions['ask'] = (server, asked) =>
      peers.ask(server, 'tail', asked, { ...quiet, flow: asked.room });
    this.#tail = { store, chains, crypto, id, ask };
  }

  /** Whether a log that ends at `held` is no beginning of that of a room as it is here. */
  async isApart({ n, committed }: LoadedRoom, held: Position): Promise<boolean> {
    if (held.term === committed.term) return held.seq > committed.seq;
    if (held.term > committed.term) return true;
    return held.seq > 0 && resetBase(await this.#options.store.entry.terms(n), held) !== undefined;
  }

  /** Takes back a room of which nothing is known here, from a server that says it is kept here. False where it cannot. */
  revive(server: string, room: string): Promise<boolean> {
    return this.#inTurn(room, () => this.#revive(server, room));
  }

  async #revive(server: string, room: string): Promise<boolean> {
    const { store, run, rooms, log, id, entered } = this.#options;
    if (await store.room.byId(room)) return true;
    const { runtime } = run;
    const state = await revive({ ...this.#options, runtime, tail: this.#tail }, server, room);
    if (!state) return false;
    log.warn({ room, server }, 'this server was restored: a room that it had made since is taken back');
    run.doubts.restored();
    run.doubts.resolve(room);
    await rooms.appeared(room);
    for (const user of state.members.keys()) if (serverOf(user) === id) entered(room, user);
    return true;
  }

  /**
   * Brings together the log of a room and what a server holds of it, whose own ends at `held`. Resolves with whether that
   * is a beginning of the log now; where it is not, the server was told to take the room anew, or nothing could be done.
   */
  meet(server: string, id: string, held: Position): Promise<boolean> {
    return this.#inTurn(id, () => this.#meet(server, id, held));
  }

  #inTurn(id: string, run: () => Promise<boolean>): Promise<boolean> {
    const before = this.#last.get(id);
    const done = before ? before.then(run, run) : run();
    this.#last.set(id, done);
    return done.finally(() => {
      if (this.#last.get(id) === done) this.#last.delete(id);
    });
  }

  async #meet(server: string, id: string, held: Position): Promise<boolean> {
    const { rooms, log, run, peers } = this.#options;
    let room = await rooms.between(id, (now) => now);
    if (!(await this.isApart(room, held))) return true;
    let tail = await findTail(this.#tail, room, server, await this.#baseOf(room, held));
    const proof = tail?.checkpoint;
    let shared = tail?.shared ?? { term: 0, seq: 0 };
    if (tail && isBefore(room.committed, tail.checkpoint.pos)) {
      log.warn({ room: id, server }, 'this server was restored: another one holds more of a log that is kept here');
      run.doubts.restored();
      if (await this.#takeOver(room, tail)) {
        shared = tail.checkpoint.pos;
        tail = undefined;
      }
      room = await rooms.between(id, (now) => now);
      if (!(await this.isApart(room, held))) return true;
    }
    if (!(await this.#goOn(server, id, held, proof))) return false;
    let lost = 0;
    if (tail) for await (const page of pagesOf(this.#tail, id, tail)) lost += await this.#retell(id, page);
    if (lost > 0) log.warn({ room: id, server, acts: lost }, 'not all that was lost of a log has a place in it again');
    peers.send(server, 'reset', { room: id, base: shared }, { priority: 'control', flow: id });
    return false;
  }

  /** The last place that a log may share with that of the clerk. */
  async #baseOf({ n, committed }: LoadedRoom, held: Position): Promise<Position> {
    if (!isBefore(held, committed)) return committed;
    return resetBase(await this.#options.store.entry.terms(n), held) ?? committed;
  }

  /** Appends what follows right on the log, as it was. Resolves with whether all of it stands now. */
  async #takeOver({ id, state }: LoadedRoom, tail: LostTail): Promise<boolean> {
    const { rooms } = this.#options;
    if (!tail.chain || !equalBytes(tail.chain, state.chain)) return false;
    let { chain } = tail;
    for await (const page of pagesOf(this.#tail, id, tail)) {
      const before = chain;
      const next = await rooms.turn(id, (room) => this.#append(room, page, before));
      if (!next) return false;
      chain = next;
    }
    return equalBytes(chain, tail.checkpoint.chain);
  }

  /** Resolves with the chain after it, or undefined when something else was appended before. */
  async #append(room: LoadedRoom, { lines, people }: TailPage, before: Uint8Array) {
    const { crypto, id, run: options, store } = this.#options;
    await room.settled();
    if (room.dropped) throw new Moved();
    const { state } = room;
    if (!equalBytes(state.chain, before)) return { value: undefined };
    const run = new Run(options, room);
    try {
      const headers = followAll(crypto, id, state, lines).map(({ header }) => header);
      run.written.push(...(await followedEntries(this.#options, room, headers, lines, people)));
      nameRoom(room, run.written);
      const alias = isDeserted(state) ? null : state.settings.alias;
      const holder = alias === null ? undefined : await store.room.byAlias(alias);
      room.alias = holder === undefined || holder === room.id ? alias : null;
    } catch (error) {
      room.dropped = true;
      throw error;
    }
    const { chain } = state;
    run.append();
    return { value: chain, durable: run.durable };
  }

  /** Sees to it that the log is in a later term than a server's. False where nothing shows that it has to be. */
  async #goOn(server: string, id: string, held: Position, proof: Checkpoint | undefined): Promise<boolean> {
    const { rooms, run: options, log } = this.#options;
    return rooms.turn(id, async (room) => {
      await room.settled();
      if (room.dropped) throw new Moved();
      const { state } = room;
      if (state.head.term > held.term) return { value: true };
      const isProven = proof !== undefined && isBefore(state.head, proof.pos);
      const isDoubtful = participants(state).has(server) && options.doubts.isUnsure(room);
      if (!isProven && !isDoubtful) {
        log.warn({ room: id, server }, 'a server claims to hold more of a log than there is');
        return { value: false };
      }
      const run = new Run(options, room);
      run.openTerm(proof?.pos.term);
      const value = state.head.term > held.term;
      run.append();
      return { value, durable: run.durable };
    });
  }

  #retell(id: string, { lines, people }: TailPage): Promise<number> {
    return this.#options.rooms.turn(id, async (room) => {
      await room.settled();
      if (room.dropped) throw new Moved();
      return this.#retelling.page(room, lines, people);
    });
  }
}
