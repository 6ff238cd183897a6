/** The rooms of this server: loads them, keeps each one's acts in line, and acknowledges what is on disk. */
import { encodeCbor, type Position, Refusal } from '@parley/protocol';
import { loadState } from '@parley/room';
import { Moved } from './committer.ts';
import { sha256 } from './crypto.ts';
import { type Draft, type Entered, type Outcome, refusalOf } from './draft.ts';
import { Lane } from './lane.ts';
import { LoadedRoom } from './loaded-room.ts';
import { Lru } from './lru.ts';
import { Placer, type PlacingOptions } from './placing.ts';
import type { Runtime } from './runtime.ts';
import { actKey } from './store/entry.ts';
import type { Store } from './store/store.ts';
import type { PersonRecord } from './store/user.ts';

interface RoomsOptions extends PlacingOptions {
  store: Store;
  /** Rooms in memory; one that was not used for longest goes first. */
  loadedRooms: number;
  /** How far apart the batches of a room are, so that many readers are written to at once. */
  restMs: (room: string) => number;
}

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #placer: Placer;
  readonly #loaded: Lru<string, LoadedRoom>;
  readonly #loading = new Map<string, Promise<LoadedRoom>>();
  /** Of the rooms in which something is under way; there may be only one of each. */
  readonly #lanes = new Map<string, Lane>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#placer = new Placer(options);
    this.#loaded = new Lru(options.loadedRooms, (room) => room.busy || this.#lanes.has(room.id));
  }

  /** The room if it is in memory and sound. */
  peek(id: string): LoadedRoom | undefined {
    const room = this.#loaded.get(id);
    return room?.dropped ? undefined : room;
  }

  /** Refuses with `not-found`. */
  async load(id: string): Promise<LoadedRoom> {
    const room = this.peek(id);
    if (room) return room;
    let loading = this.#loading.get(id);
    if (!loading) {
      loading = this.#read(id).finally(() => this.#loading.delete(id));
      this.#loading.set(id, loading);
    }
    return loading;
  }

  async #read(id: string): Promise<LoadedRoom> {
    const { store } = this.#options;
    await this.#loaded.get(id)?.settled();
    const record = await store.room.byId(id);
    if (!record) throw new Refusal('not-found');
    const state = loadState(id, { pos: record.head, chain: record.chain }, await store.room.leaves(record.n));
    const room = new LoadedRoom({ ...record, state });
    this.#loaded.set(id, room);
    return room;
  }

  /** Somebody holds more of a room than there is: if it is kept here, this server was restored from an old backup. */
  doubt(room: LoadedRoom): void {
    const { doubts } = this.#options;
    if (doubts.keeps(room)) doubts.restored();
  }

  /** Begins with a room whose rows something else than an append has made. */
  async appeared(id: string): Promise<void> {
    this.#options.dueChanged(await this.load(id));
  }

  /** An entry was appended, perhaps by another node: then the room as it is here is not that on disk any more. */
  heard(id: string, { term, seq }: Position): void {
    const room = this.peek(id);
    if (room && (term > room.committed.term || seq > room.committed.seq)) room.dropped = true;
  }

  /** Forgets a room whose rows were changed by something else than an append, or that another node appended to. */
  drop(id: string): void {
    const room = this.#loaded.get(id);
    if (room) room.dropped = true;
  }

  /**
   * Makes a room. Rejects with `unavailable` when it could not be stored: perhaps its alias is taken, or it was made
   * before by the same act ({@link madeBy}).
   * @param named told of the room's id before anything is stored
   */
  async create(draft: Draft, named: (room: string) => void): Promise<LoadedRoom> {
    const { room, append } = this.#placer.make(numberOf(draft.author.id, draft.clientId), draft);
    named(room.id);
    const durable = append();
    room.creating = true;
    this.#loaded.set(room.id, room);
    try {
      await durable;
    } catch (error) {
      throw error instanceof Moved ? new Refusal('unavailable') : error;
    } finally {
      room.creating = false;
    }
    return room;
  }

  /** The room that a Create act has made, for one that was sent again. */
  async madeBy(user: string, clientId: string): Promise<string | undefined> {
    const { store } = this.#options;
    const n = numberOf(user, clientId);
    const made = await store.entry.byAct(n, actKey(user, clientId));
    return made?.kind === 'create' ? store.room.idOf(n) : undefined;
  }

  /**
   * Places acts in order, without anything between them, and resolves when those that were accepted are on disk. They
   * take their place in the room's line within this call.
   */
  submit(id: string, drafts: readonly Draft[]): Promise<Outcome[]> {
    return this.#lane(id).submit(drafts);
  }

  /** One act; a refusal is thrown. */
  async act(id: string, draft: Draft): Promise<Entered> {
    const [outcome] = await this.submit(id, [draft]);
    if (outcome?.type !== 'entry') throw refusalOf(outcome);
    return outcome;
  }

  /** Does something in a room in its turn, with nothing beside it; resolves when what it made is durable. */
  turn<T>(
    id: string,
    task: (room: LoadedRoom) => Promise<{ value: T; durable?: Promise<unknown> | undefined }>,
  ): Promise<T> {
    return this.#lane(id).run(task);
  }

  /** Appends what is due in a room. */
  runDue(id: string): Promise<void> {
    return this.#lane(id).run(async (room) => ({ value: undefined, durable: this.#placer.due(room) }));
  }

  /** Reads between two acts, when all that were placed are on disk: the state is that of the log. */
  between<T>(id: string, read: (room: LoadedRoom) => T): Promise<T> {
    return this.#lane(id).run(async (room) => {
      await room.settled();
      if (room.dropped) throw new Moved();
      return { value: read(room) };
    });
  }

  /** Where an act of somebody stands already, or that it waits for another server, for one that was sent again and refused. */
  async standing(
    id: string,
    person: Pick<PersonRecord, 'n' | 'id'>,
    clientId: string,
  ): Promise<{ outcome: 'entry'; term: number; seq: number; at: number } | { outcome: 'queued' } | undefined> {
    const { entry, outbox } = this.#options.store;
    const { n } = await this.between(id, (room) => room);
    const prior = await entry.byAct(n, actKey(person.id, clientId));
    if (!prior) return (await outbox.byClientId(n, person.n, clientId)) && { outcome: 'queued' };
    const { term, seq, at } = prior;
    return prior.kind === 'tombstone' ? undefined : { outcome: 'entry', term, seq, at };
  }

  /** At the end of this turn; after a batch of a large room when it has rested. */
  #soon(id: string, run: () => void): void {
    const { runtime, restMs } = this.#options;
    const room = this.peek(id);
    const waitMs = room ? room.placedAt + restMs(id) - runtime.elapsed() : 0;
    if (waitMs >= 1) runtime.setTimer(run, waitMs);
    else runtime.nextTurn(run);
  }

  #lane(id: string): Lane {
    const known = this.#lanes.get(id);
    if (known) return known;
    const lane = new Lane({
      peek: () => this.peek(id),
      load: () => this.load(id),
      place: (room, drafts) => {
        room.placedAt = this.#options.runtime.elapsed();
        return this.#placer.placeAll(room, drafts);
      },
      soon: (run) => this.#soon(id, run),
      ended: () => {
        if (this.#lanes.get(id) === lane) this.#lanes.delete(id);
      },
    });
    this.#lanes.set(id, lane);
    return lane;
  }
}

/** 48 random bits: rooms and people are numbered without asking anybody. */
export const randomNumber = (runtime: Runtime): number => asNumber(runtime.randomBytes(6));

/** That of the room which an act makes: a resend makes the same one, and there it stands already. */
const numberOf = (user: string, clientId: string): number =>
  asNumber(sha256(encodeCbor(['parley room number v1', user, clientId])).subarray(0, 6));

const asNumber = (bytes: Uint8Array): number => bytes.reduce((number, byte) => number * 256 + byte, 0) + 1;
