/**
 * Into rooms that other servers keep, for the first of this server's people in each: the wish is on disk, the clerk is
 * asked when it is linked, and its snapshot makes the room here. Those who come after go through the outbox.
 */
import { isErrorCode, type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  decodeHeader,
  encodeAct,
  encodeStamp,
  envelopeHash,
  participants,
  signBatch,
  zeroHash,
} from '@parley/room';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import type { EnteringRecord } from '../store/room-entering.ts';
import type { Store } from '../store/store.ts';
import type { PersonRecord } from '../store/user.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import type { Taking } from './taking.ts';

/** Numberings that are tried when the clerk knows others. */
const attempts = 4;

export interface EnteringOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'ask'>;
  readonly names: Names;
  readonly taking: Pick<Taking, 'take'>;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly id: string;
  readonly network: string;
  /** Sees to it that a server is linked, as far as that is possible now. */
  readonly reach: (server: string) => Promise<boolean>;
  /** Has a person join a room that this server follows; resolves when that stands in its log, refuses as its clerk does. */
  readonly join: (room: string, person: PersonRecord, clientId: string) => Promise<void>;
  /** Told of a person for whom a room is here now. */
  readonly entered: (room: string, user: string) => void;
}

type Told = QuestionReply<'room'>;

export class Entering {
  readonly #options: EnteringOptions;
  readonly #running = new Map<string, Promise<void>>();
  /** By room: two who enter at once do so one after the other. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(options: EnteringOptions) {
    this.#options = options;
  }

  /**
   * Brings a person into a room. Resolves when it is here, or the knock is delivered; refuses as the clerk does, and with
   * `unavailable` when it cannot be asked now: then it goes on by itself when it can.
   */
  async enter(wish: EnteringRecord, person: PersonRecord): Promise<void> {
    await this.#options.store.foreign.putEntering(wish);
    return this.#try(wish, person);
  }

  /** A server is linked: what people want of it is asked again. */
  async linked(server: string): Promise<void> {
    const { store, log } = this.#options;
    for (const wish of await store.foreign.entering()) {
      if (wish.server !== server) continue;
      const person = await store.person.byNumber(wish.person);
      if (!person) continue;
      void this.#try(wish, person).catch((error) =>
        log.debug({ error, room: wish.room }, 'a room could not be entered'),
      );
    }
  }

  #try(wish: EnteringRecord, person: PersonRecord): Promise<void> {
    const name = `${wish.room}/${wish.person}`;
    const running = this.#running.get(name);
    if (running) return running;
    const before = this.#last.get(wish.room);
    const attempt = (): Promise<void> => this.#attempt(wish, person);
    const done = (before ? before.then(attempt) : attempt()).finally(() => this.#running.delete(name));
    this.#running.set(name, done);
    const last: Promise<void> = done
      .catch(() => {})
      .then(() => {
        if (this.#last.get(wish.room) === last) this.#last.delete(wish.room);
      });
    this.#last.set(wish.room, last);
    return done;
  }

  async #attempt(wish: EnteringRecord, person: PersonRecord): Promise<void> {
    const { store, entered, reach, join } = this.#options;
    try {
      if (wish.change === 'join' && (await this.#isFollowed(wish.room))) {
        await join(wish.room, person, wish.clientId);
        await store.foreign.dropEntering(wish.room, wish.person);
        return;
      }
      await reach(wish.server);
      const told = await this.#ask(wish.server, 'room', { room: wish.room });
      const { clerk } = told.room;
      if (clerk !== wish.server) await reach(clerk);
      if (clerk !== wish.server) await store.foreign.putEntering({ ...wish, server: clerk });
      await this.#submit(clerk, wish, person, told);
      if (wish.change === 'join') await this.#options.taking.take(clerk, wish.room);
    } catch (error) {
      if (error instanceof Refusal && error.code !== 'unavailable') {
        await store.foreign.dropEntering(wish.room, wish.person);
      }
      throw error;
    }
    await store.foreign.dropEntering(wish.room, wish.person);
    if (wish.change === 'join') entered(wish.room, person.id);
  }

  /** Whether somebody else of this server has come in meanwhile. */
  async #isFollowed(room: string): Promise<boolean> {
    const { rooms, id } = this.#options;
    try {
      return participants((await rooms.load(room)).state).has(id);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not-found') return false;
      throw error;
    }
  }

  #ask<Q extends 'room' | 'submit'>(
    server: string,
    question: Q,
    payload: QuestionPayload<Q>,
  ): Promise<QuestionReply<Q>> {
    return this.#options.peers.ask(server, question, payload, { priority: 'decision' });
  }

  /** Hands the act in; returns when it stands in the log. Refuses with the code of its tombstone. */
  async #submit(clerk: string, wish: EnteringRecord, person: PersonRecord, told: Told): Promise<void> {
    const { crypto, id, network, names } = this.#options;
    const { room, change, clientId } = wish;
    const guest = person.kind === 'guest' && change === 'join' ? { guest: true } : {};
    const data = { change, subject: person.id, ...guest };
    const act: Act = { room, user: person.id, device: '', clientId, kind: 'member', data, parts: [] };
    const actBytes = encodeAct(act);
    // Whatever this server may still have under way there from an earlier stay is of a numbering that is given up.
    let cursor: Told['cursor'] = told.cursor && { incarnation: told.cursor.incarnation + 1, oseq: 0, hash: zeroHash };
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { incarnation, oseq: before, hash: prev } = cursor ?? { incarnation: 0, oseq: 0, hash: zeroHash };
      const oseq = before + 1;
      const stamp = encodeStamp({ origin: id, incarnation, oseq, prev, after: { term: 0, seq: 0 } });
      const hash = envelopeHash(crypto, stamp, crypto.sha256(actBytes));
      const reply = await this.#ask(clerk, 'submit', {
        room,
        envelopes: [{ stamp, act: actBytes, parts: [] }],
        signature: signBatch(crypto, network, room, { incarnation, oseq, hash }),
        people: await names.of([person.id]),
      });
      if (reply.state === 'closed') throw new Refusal(reply.code && isErrorCode(reply.code) ? reply.code : 'forbidden');
      if (reply.state === 'decided') return this.#check(reply.outcomes, person.id);
      cursor =
        reply.state === 'fork'
          ? { incarnation: (reply.cursor?.incarnation ?? 0) + 1, oseq: 0, hash: zeroHash }
          : reply.cursor;
    }
    throw new Refusal('unavailable');
  }

  #check(outcomes: readonly Uint8Array[], user: string): void {
    for (const bytes of outcomes) {
      const { what } = decodeHeader(bytes);
      if (what.type !== 'tombstone' || what.user !== user) continue;
      // Done before: by an attempt whose answer was lost.
      if (what.code === 'duplicate' || what.code === 'already-a-member') continue;
      throw new Refusal(isErrorCode(what.code) ? what.code : 'forbidden');
    }
  }
}
