/**
 * Into rooms that other servers keep, for the first of this server's people in each: the wish is on disk, the clerk is
 * asked when it is linked, and its snapshot makes the room here. Those who come after go through the outbox.
 */
import { type ForeignRoom, isErrorCode, type QuestionPayload, type QuestionReply, Refusal } from '@parley/protocol';
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
import type { Runtime } from '../runtime.ts';
import type { EnteringRecord } from '../store/room-entering.ts';
import type { Store } from '../store/store.ts';
import type { PersonRecord } from '../store/user.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import type { Place } from './settling.ts';
import type { Taking } from './taking.ts';

/** Servers that are asked for a room in place of one that does not answer. */
const mostAsked = 8;
/** Numberings that are tried when the clerk knows others. */
const attempts = 4;
/** Until a clerk that is linked and did not answer is asked again. */
const retryMs = 10_000;

export interface EnteringOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly peers: Pick<Peers, 'ask' | 'linked'>;
  readonly names: Names;
  readonly taking: Pick<Taking, 'take'>;
  readonly crypto: Crypto;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
  readonly id: string;
  readonly network: string;
  /** Sees to it that a server is linked, as far as that is possible now. */
  readonly reach: (server: string) => Promise<boolean>;
  /** Has a person join a room that this server follows; resolves when that stands in its log, refuses as its clerk does. */
  readonly join: (room: string, person: PersonRecord, clientId: string) => Promise<void>;
  /** Told of a person for whom a room is here now. */
  readonly entered: (room: string, user: string) => void;
  /** Told of what is not to enter: where it stands now, or why it does not. */
  readonly decided: (wish: EnteringRecord, user: string, outcome: Place | Refusal) => void;
  /** Told of a person who asks to be let into a room, or does not any more. */
  readonly knocking: (user: string, room: ForeignRoom, isKnocking: boolean) => void;
}

type Told = QuestionReply<'room'>;

export class Entering {
  readonly #options: EnteringOptions;
  readonly #running = new Map<string, Promise<Place | undefined>>();
  /** By room: two who enter at once do so one after the other. */
  readonly #last = new Map<string, Promise<void>>();

  constructor(options: EnteringOptions) {
    this.#options = options;
  }

  /**
   * Brings a person into a room, or does there what one may from outside. Resolves when the room is here, or with where
   * the act stands; refuses as the clerk does, and with `unavailable` when it cannot be asked now: then it goes on by
   * itself when it can.
   * @param isAwaited whether somebody still waits for the answer; else what comes of it is told as an event
   */
  async enter(
    wish: EnteringRecord,
    person: PersonRecord,
    isAwaited: () => boolean = () => false,
  ): Promise<Place | undefined> {
    const { store, decided } = this.#options;
    const held = await store.foreign.wish(wish.room, wish.person);
    await store.foreign.putEntering(wish);
    const isOther = held && held.change !== 'join' && held.clientId !== wish.clientId;
    // What is under way says itself what comes of it.
    if (isOther && !this.#running.has(nameOf(held))) decided(held, person.id, new Refusal(insteadOf(held, wish)));
    return this.#try(wish, person, isAwaited);
  }

  /** A server is linked: what people want of it is asked again. */
  async linked(server: string): Promise<void> {
    const { store, log } = this.#options;
    for (const wish of await store.foreign.entering()) {
      if (wish.server !== server) continue;
      const person = await store.person.byNumber(wish.person);
      if (!person) continue;
      const attempt = () => this.#try(wish, person, () => false);
      // What is under way may have begun, and fail, for want of this link.
      const running = this.#running.get(nameOf(wish));
      void (running ? running.catch(attempt) : attempt()).catch((error) =>
        log.debug({ error, room: wish.room }, 'a room could not be entered'),
      );
    }
  }

  #try(wish: EnteringRecord, person: PersonRecord, isAwaited: () => boolean): Promise<Place | undefined> {
    const name = nameOf(wish);
    const running = this.#running.get(name);
    if (running) return running;
    const before = this.#last.get(wish.room);
    const attempt = (): Promise<Place | undefined> => this.#attempt(wish, person, isAwaited);
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

  async #attempt(wish: EnteringRecord, person: PersonRecord, isAwaited: () => boolean): Promise<Place | undefined> {
    const { store, entered, join } = this.#options;
    const decided = (outcome: Place | Refusal): void => {
      if (wish.change !== 'join' && !isAwaited()) this.#options.decided(wish, person.id, outcome);
    };
    const isWanted = async (): Promise<boolean> =>
      (await store.foreign.wish(wish.room, wish.person))?.change === wish.change;
    // Who has asked and takes it back before it was sent has not asked.
    const givenUp = (): Refusal => {
      const refusal = new Refusal(wish.change === 'join' ? 'unavailable' : 'unknown-target');
      decided(refusal);
      return refusal;
    };
    if (!(await isWanted())) throw givenUp();
    let place: Place | undefined;
    try {
      if (wish.change === 'join' && (await this.#isFollowed(wish.room))) {
        await join(wish.room, person, wish.clientId);
        await store.foreign.dropEntering(wish);
        return undefined;
      }
      place = await this.#ask(wish, person);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'unavailable') {
        if (!(await isWanted())) throw givenUp();
        this.#again(wish, person);
        throw error;
      }
      await store.foreign.dropEntering(wish);
      decided(error);
      throw error;
    }
    await store.foreign.dropEntering(wish);
    if (wish.change === 'join') entered(wish.room, person.id);
    if (place) decided(place);
    return place;
  }

  /** Where it failed though the server is linked nothing else tries it again. */
  #again({ room, person: n }: EnteringRecord, person: PersonRecord): void {
    const { store, runtime, peers, log } = this.#options;
    runtime.setTimer(() => {
      const ask = async (): Promise<void> => {
        const wish = await store.foreign.wish(room, n);
        if (wish && peers.linked().includes(wish.server)) await this.#try(wish, person, () => false);
      };
      ask().catch((error) => log.debug({ error, room }, 'a room could not be entered'));
    }, retryMs);
  }

  /** Finds the clerk, hands the act in, and does what follows from it here. */
  async #ask(wish: EnteringRecord, person: PersonRecord): Promise<Place | undefined> {
    const { store, reach, taking, knocking } = this.#options;
    const { change } = wish;
    const told = await this.#find(wish);
    const { room } = told;
    if (room.clerk !== wish.server) {
      await reach(room.clerk);
      await store.foreign.moveEntering(wish, room.clerk);
    }
    const place = await this.#submit(room.clerk, wish, person, told).catch(async (error) => {
      // Somebody there has answered it meanwhile.
      const isOver = error instanceof Refusal && error.code === 'unknown-target';
      if (change === 'withdraw' && isOver) await store.foreign.dropKnock(room.id, person.n);
      throw error;
    });
    if (change === 'knock') await store.foreign.putKnock({ room, person: person.n });
    else await store.foreign.dropKnock(room.id, person.n);
    if (change === 'decline') await store.foreign.dropInvitation(room.id, person.n);
    if (change === 'join') await taking.take(room.clerk, room.id);
    else if (change !== 'decline') knocking(person.id, room, change === 'knock');
    return place;
  }

  /** Asks about a room where it was named; where nobody answers, those that are linked and may know who keeps it. */
  async #find({ server, room }: EnteringRecord): Promise<Told> {
    const { peers, reach } = this.#options;
    await reach(server);
    try {
      return await this.#question(server, 'room', { room });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'unavailable') throw error;
      for (const other of peers.linked().slice(0, mostAsked)) {
        const told = await this.#question(other, 'room', { room }).catch(() => undefined);
        if (told && told.room.clerk !== server) return told;
      }
      throw error;
    }
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

  #question<Q extends 'room' | 'submit' | 'outcome'>(
    server: string,
    question: Q,
    payload: QuestionPayload<Q>,
  ): Promise<QuestionReply<Q>> {
    return this.#options.peers.ask(server, question, payload, { priority: 'decision' });
  }

  /** Hands the act in; returns where it stands in the log. Refuses with the code of its tombstone. */
  async #submit(clerk: string, wish: EnteringRecord, person: PersonRecord, told: Told): Promise<Place | undefined> {
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
      const reply = await this.#question(clerk, 'submit', {
        room,
        envelopes: [{ stamp, act: actBytes, parts: [] }],
        signature: signBatch(crypto, network, room, { incarnation, oseq, hash }),
        people: await names.of([person.id]),
      });
      if (reply.state === 'closed') throw new Refusal(reply.code && isErrorCode(reply.code) ? reply.code : 'forbidden');
      if (reply.state === 'decided') return this.#placeOf(clerk, reply.outcomes, act);
      cursor =
        reply.state === 'fork'
          ? { incarnation: (reply.cursor?.incarnation ?? 0) + 1, oseq: 0, hash: zeroHash }
          : reply.cursor;
    }
    throw new Refusal('unavailable');
  }

  /**
   * Where an act stands, by what came of its batch; undefined where that does not say it. Refuses as the clerk did.
   * @param isFirst false for what came of an earlier attempt
   */
  async #placeOf(clerk: string, outcomes: readonly Uint8Array[], act: Act, isFirst = true): Promise<Place | undefined> {
    const { room, user, clientId } = act;
    for (const bytes of outcomes) {
      const { pos, at, what } = decodeHeader(bytes);
      if (what.type === 'envelope' && what.act.user === user) return { ...pos, at };
      if (what.type !== 'tombstone' || what.user !== user) continue;
      if (what.duplicateOf && isFirst) {
        // The answer to an earlier attempt was lost.
        const { header } = await this.#question(clerk, 'outcome', { room: room!, user, clientId });
        return header ? this.#placeOf(clerk, [header], act, false) : undefined;
      }
      const isJoin = (act.data as { change: string }).change === 'join';
      if (isJoin && (what.code === 'duplicate' || what.code === 'already-a-member')) return undefined;
      throw new Refusal(isErrorCode(what.code) ? what.code : 'forbidden');
    }
    return undefined;
  }
}

/** Why a wish that waited is given up for another one. */
const insteadOf = (held: EnteringRecord, wish: EnteringRecord) =>
  held.change === wish.change ? 'duplicate' : 'unknown-target';

const nameOf = ({ room, person, change }: EnteringRecord): string => `${room}/${person}/${change}`;
