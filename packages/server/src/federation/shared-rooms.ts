/**
 * What a server that was restored from an old backup does not know: that its people are in a room, or are in it again.
 * The clerk says on every new link where the other side's people are, with the join that their own server signed: who
 * holds less takes the room as it stands.
 */
import { type FramePayload, Refusal, serverOf } from '@parley/protocol';
import { type Crypto, decodeHeader, hashOfOutcome, verifyBatch } from '@parley/room';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import type { Store } from '../store/store.ts';
import type { Peers } from './peers.ts';
import type { Taking } from './taking.ts';

const perFrame = 100;
const frameBytes = 512 * 1_024;
/** Rooms of one server that are being taken; the others are told on the next link. */
const mostWanted = 10_000;

type Told = FramePayload<'shared'>['rooms'][number];

export interface SharedRoomsOptions {
  readonly store: Pick<Store, 'foreign'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'send' | 'isLinked'>;
  readonly taking: Pick<Taking, 'take'>;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly id: string;
  readonly network: string;
  /** Told of each person for whom a room is here as it stands now. */
  readonly entered: (room: string, user: string) => void;
}

export class SharedRooms {
  readonly #options: SharedRoomsOptions;
  /** By server: rooms that are looked at one after another. */
  readonly #wanted = new Map<string, Map<string, Told>>();

  constructor(options: SharedRoomsOptions) {
    this.#options = options;
  }

  /** At the clerk: a server is linked and learns where its people are. */
  async linked(server: string): Promise<void> {
    const { store, peers } = this.#options;
    for (let after = 0; ; ) {
      const found = await store.foreign.sharedWith(server, after, perFrame);
      if (found.length === 0) return;
      let size = 0;
      const fitting = found.filter(({ header }, i) => {
        size += header.length + 128;
        return i === 0 || size <= frameBytes;
      });
      const rooms = fitting.map(({ id, header }) => ({ room: id, joined: header }));
      if (!peers.send(server, 'shared', { rooms }, { priority: 'decision' })) return;
      after = fitting.at(-1)!.n;
    }
  }

  /** Where the people are. Looks at what is told by and by: a room is fetched over the link that this came by. */
  hear(from: string, { rooms }: FramePayload<'shared'>): void {
    const running = this.#wanted.get(from);
    const wanted = running ?? new Map<string, Told>();
    for (const told of rooms) if (wanted.size < mostWanted) wanted.set(told.room, told);
    if (running) return;
    this.#wanted.set(from, wanted);
    void this.#look(from, wanted).finally(() => this.#wanted.delete(from));
  }

  /** Takes a room in which somebody of this server may be again. */
  renew(clerk: string, room: string): void {
    const { log } = this.#options;
    void this.#take(clerk, room).catch((error) => log.info({ error, room, server: clerk }, 'a room was not taken'));
  }

  async #take(clerk: string, id: string): Promise<void> {
    const { log, taking, entered, id: here } = this.#options;
    const room = await taking.take(clerk, id);
    log.info({ room: room.id, server: clerk }, 'a room was taken anew: what is held of it is older');
    for (const user of room.state.members.keys()) if (serverOf(user) === here) entered(room.id, user);
  }

  async #look(from: string, wanted: Map<string, Told>): Promise<void> {
    const { log, peers } = this.#options;
    for (const [room, told] of wanted) {
      wanted.delete(room);
      if (!peers.isLinked(from)) return wanted.clear();
      await this.#one(from, told).catch((error) => {
        const isUsual = error instanceof Refusal && (error.code === 'unavailable' || error.code === 'not-found');
        log[isUsual ? 'info' : 'warn']({ error, room, server: from }, 'a room that this server is in was not taken');
      });
    }
  }

  async #one(from: string, told: Told): Promise<void> {
    const since = this.#sinceOf(told);
    if (!(await this.#isHeld(from, told.room, since))) await this.#take(from, told.room);
  }

  /** Where somebody of this server came in, as it signed itself: nobody is brought into rooms by others. */
  #sinceOf({ room, joined }: Told): number {
    const { crypto, id, network } = this.#options;
    const { pos, what } = decodeHeader(joined);
    if (what.type !== 'envelope' || what.signature === null) throw wrong();
    const { stamp, act, signature } = what;
    const isJoin = act.kind === 'member' && (act.data as { change?: unknown } | undefined)?.change === 'join';
    if (!isJoin || act.room !== room || stamp.origin !== id || serverOf(act.user) !== id) throw wrong();
    const last = { incarnation: stamp.incarnation, oseq: stamp.oseq, hash: hashOfOutcome(crypto, what)! };
    if (!verifyBatch(crypto, network, room, id, last, signature)) throw wrong();
    return pos.seq;
  }

  /** Whether the feed brings what is missing: the log that is held reaches to where its people came in. */
  async #isHeld(from: string, room: string, since: number): Promise<boolean> {
    try {
      const { state, archive } = await this.#options.rooms.load(room);
      return archive || state.clerk !== from || state.head.seq >= since - 1;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not-found') return false;
      throw error;
    }
  }
}

const wrong = (): Refusal => new Refusal('bad-request', { field: 'joined' });
