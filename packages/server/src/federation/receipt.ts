/**
 * How far people of other servers have read. A person's own server tells it those that share the room, and is asked when
 * somebody looks. It is believed of its own people only, in rooms in which they are, and held in memory for rooms that
 * were looked at.
 */
import {
  type FramePayload,
  limits,
  type QuestionPayload,
  type QuestionReply,
  Refusal,
  serverOf,
} from '@parley/protocol';
import { participants } from '@parley/room';
import type { Hub } from '../hub.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import { Lru } from '../lru.ts';
import { hasReceipts, isTold, type Reader, type Receipts } from '../receipt.ts';
import type { Rooms } from '../rooms.ts';
import type { Peers } from './peers.ts';
import { isIn, sharing } from './sharing.ts';

/** Rooms whose readers are held: 10 KB each at most. */
const roomsHeld = 1_000;

export interface ReceiptsAcrossOptions {
  readonly rooms: Pick<Rooms, 'peek' | 'load'>;
  readonly peers: Pick<Peers, 'send' | 'ask' | 'linked' | 'isLinked'>;
  readonly receipts: Receipts;
  readonly hub: Hub;
  readonly log: Log;
  readonly id: string;
}

interface Held {
  readonly seqs: Map<string, number>;
  /** Servers that were asked over the link there is. */
  readonly asked: Set<string>;
}

export class ReceiptsAcross {
  readonly #options: ReceiptsAcrossOptions;
  readonly #held = new Lru<string, Held>(roomsHeld);

  constructor(options: ReceiptsAcrossOptions) {
    this.#options = options;
    options.receipts.listen((room, readers) => this.#tell(room, readers));
  }

  /** How far people of other servers have read, as far as that is known here; what is asked for now is told later. */
  of(room: LoadedRoom): Reader[] {
    const held = this.#held.get(room.id) ?? { seqs: new Map<string, number>(), asked: new Set<string>() };
    this.#held.set(room.id, held);
    for (const server of participants(room.state).keys()) void this.#ask(room, server);
    return [...held.seqs].flatMap(([user, seq]) => (isTold(room, user) ? [{ user, seq }] : []));
  }

  async heard(from: string, { room: id, readers }: FramePayload<'receipts'>): Promise<void> {
    const room = this.#options.rooms.peek(id);
    if (isIn(room, from)) for (const reader of readers) this.#take(room, from, reader);
  }

  /** Refuses with `not-found` whoever has nobody in the room. */
  async answer(from: string, { room: id }: QuestionPayload<'receipts'>): Promise<QuestionReply<'receipts'>> {
    const { rooms, receipts } = this.#options;
    const room = rooms.peek(id) ?? (await rooms.load(id));
    if (!isIn(room, from)) throw new Refusal('not-found');
    return { readers: hasReceipts(room) ? await receipts.own(room) : [] };
  }

  /** A server is linked: it is asked about the rooms that somebody has open, one after the other. */
  async linked(server: string): Promise<void> {
    const { hub, rooms } = this.#options;
    for (const id of hub.followed()) {
      const room = rooms.peek(id);
      if (room && this.#held.peek(id)) await this.#ask(room, server);
    }
  }

  lost(server: string): void {
    for (const { asked } of this.#held.values()) asked.delete(server);
  }

  #tell(room: string, readers: readonly Reader[]): void {
    const { peers } = this.#options;
    for (const server of sharing(this.#options, [room]))
      peers.send(server, 'receipts', { room, readers: [...readers] }, { priority: 'control', flow: room });
  }

  async #ask(room: LoadedRoom, server: string): Promise<void> {
    const { peers, log, id } = this.#options;
    const held = this.#held.peek(room.id);
    if (!held || server === id || held.asked.has(server) || !peers.isLinked(server) || !isIn(room, server)) return;
    held.asked.add(server);
    try {
      const options = { priority: 'control', flow: room.id } as const;
      const { readers } = await peers.ask(server, 'receipts', { room: room.id }, options);
      const told = new Set(readers.map(({ user }) => user));
      for (const user of [...held.seqs.keys()])
        if (serverOf(user) === server && !told.has(user)) this.#take(room, server, { user, seq: 0 });
      for (const reader of readers) this.#take(room, server, reader);
    } catch (error) {
      held.asked.delete(server);
      log.debug({ error, server, room: room.id }, 'a server did not say who has read');
    }
  }

  #take(room: LoadedRoom, from: string, { user, seq }: Reader): void {
    const seqs = this.#held.peek(room.id)?.seqs;
    if (!seqs || serverOf(user) !== from || !isTold(room, user) || (seqs.get(user) ?? 0) === seq) return;
    if (seq === 0) seqs.delete(user);
    else if (seqs.size < limits.receiptMembers || seqs.has(user)) seqs.set(user, seq);
    else return;
    this.#options.receipts.gather(room.id, user, seq);
  }
}
