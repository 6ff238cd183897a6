/**
 * Takes rooms that other servers keep as they stand at one checkpoint: the state, the words that name the room, and a
 * first screen. Of what is held from before, the entries stay; their content comes back as far as it may be read.
 */
import {
  check,
  type ErrorCode,
  kinds,
  type QuestionPayload,
  type QuestionReply,
  Refusal,
  serverOf,
} from '@parley/protocol';
import {
  type Checkpoint,
  type Crypto,
  decodeAct,
  decodeHeader,
  isBefore,
  type Leaf,
  participants,
  type RoomState,
  stateOfSnapshot,
} from '@parley/room';
import { Moved } from '../committer.ts';
import { readBody } from '../entry-view.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import { type Rooms, randomNumber } from '../rooms.ts';
import type { Runtime } from '../runtime.ts';
import type { Statement } from '../store/database.ts';
import { type OutboxRow, outboxClear, outboxInsert } from '../store/entry-outbox.ts';
import { forgetRoom, setAside, snapshotGroup } from '../store/room-snapshot.ts';
import type { Store } from '../store/store.ts';
import type { Backfill } from './backfill.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';
import { actsAfter, isSameStamp, mostAgain, stampAgain } from './stamping.ts';

/** Leaves of a snapshot that are taken: members, invited, banned, muted, pins, and what is there once. */
const mostLeaves = 200_000;

type Page = QuestionReply<'snapshot'>;

export interface TakingOptions {
  readonly store: Store;
  readonly rooms: Pick<Rooms, 'drop' | 'load' | 'turn'>;
  readonly peers: Pick<Peers, 'ask' | 'send'>;
  readonly names: Names;
  readonly backfill: Pick<Backfill, 'reach'>;
  readonly crypto: Crypto;
  readonly runtime: Runtime;
  readonly id: string;
  readonly network: string;
  /** Told of a person of this server who is not in a room any more, which its log here never said. */
  readonly gone: (room: string, user: string) => void;
  /** Told of acts that were refused. */
  readonly refused: (room: string, user: string, clientId: string, code: ErrorCode) => void;
}

/** A room as its clerk tells it. */
interface Taken {
  state: RoomState;
  checkpoint: Checkpoint;
  numbers: ReadonlyMap<string, number>;
  title: string;
  topic: string;
}

export class Taking {
  readonly #options: TakingOptions;
  readonly #running = new Map<string, Promise<LoadedRoom>>();

  constructor(options: TakingOptions) {
    this.#options = options;
  }

  /**
   * Makes the room here what it is at its clerk, unless the log that is held reaches further. One at a time of each
   * room. Refuses as the clerk does, and with `bad-request` what does not hold.
   * @param base sets aside what is held after it: a later term of the log begins there
   */
  take(clerk: string, room: string, base?: number): Promise<LoadedRoom> {
    const running = this.#running.get(room);
    if (running) return running.catch(() => {}).then(() => this.take(clerk, room, base));
    const done = this.#take(clerk, room, base).finally(() => this.#running.delete(room));
    this.#running.set(room, done);
    return done;
  }

  /** Forgets a room that its clerk does not give: nobody of this server is in it, as its log stands now. */
  async forget(room: string): Promise<void> {
    const { store, rooms, id: here, gone, refused } = this.#options;
    const own = await rooms.turn(room, async (now) => {
      await now.settled();
      if (now.dropped) throw new Moved();
      const waiting = await store.outbox.after(now.n, { incarnation: -1, oseq: 0 }, mostAgain);
      await store.db.transaction([{ statements: forgetRoom(now.n) }]);
      now.dropped = true;
      return { value: { members: [...now.state.members.keys()].filter((user) => serverOf(user) === here), waiting } };
    });
    for (const { act, clientId } of own.waiting) refused(room, decodeAct(act).user, clientId, 'not-a-member');
    for (const user of own.members) gone(room, user);
  }

  async #take(clerk: string, room: string, base: number | undefined): Promise<LoadedRoom> {
    const { rooms, peers, backfill } = this.#options;
    const taken = await this.#fetch(clerk, room);
    const gone = await this.#store(room, taken, base);
    const loaded = await rooms.load(room);
    const at = loaded.committed;
    peers.send(clerk, 'cursor', { rooms: [{ room, at, isReset: true }] }, { priority: 'control', flow: room });
    for (const user of gone) this.#options.gone(room, user);
    // A first screen.
    await backfill.reach(loaded, at.seq);
    return loaded;
  }

  async #fetch(clerk: string, room: string): Promise<Taken> {
    const { crypto, network, names } = this.#options;
    const first = await this.#ask(clerk, { room });
    const { checkpoint, create } = first;
    const pages = [first];
    let count = first.keys.length;
    while (pages.at(-1)!.more) {
      const after = pages.at(-1)!.keys.at(-1) ?? '';
      const page = await this.#ask(clerk, { room, at: checkpoint.pos, after });
      count += page.keys.length;
      if (page.keys.length === 0 || count > mostLeaves) throw new Refusal('too-large');
      pages.push(page);
    }
    const leaves = pages.flatMap(leavesOf);
    const state = stateOfSnapshot(crypto, { network, room, create: create.header, checkpoint, leaves });
    if (state.clerk !== clerk) throw new Refusal('bad-request', { field: 'clerk' });
    const users = [...state.members.keys(), ...state.invited.keys(), ...state.knocking.keys()];
    const told = pages.flatMap(({ people }) => people);
    return { state, checkpoint, numbers: await names.numbers(users, told), ...wordsOf(state, [create, ...first.info]) };
  }

  #ask(clerk: string, asked: QuestionPayload<'snapshot'>): Promise<Page> {
    return this.#options.peers.ask(clerk, 'snapshot', asked, { priority: 'decision' });
  }

  /** Resolves with the people of this server who are not in the room any more. */
  async #store(room: string, taken: Taken, base: number | undefined): Promise<string[]> {
    const { store, rooms, runtime, id: here } = this.#options;
    if (!(await store.room.byId(room))) {
      await store.db.transaction([snapshotGroup({ n: randomNumber(runtime), ...taken, here, held: undefined })]);
      rooms.drop(room);
      return [];
    }
    // In its turn: what its clerk sends meanwhile must not run into it.
    return rooms.turn(room, async (now) => {
      await now.settled();
      if (now.dropped) throw new Moved();
      const { head, members } = now.state;
      if (base === undefined && !this.#isNews(now.state, taken.state)) return { value: [] };
      // In the same term there is one log only.
      if (base !== undefined && taken.state.head.term <= head.term) throw new Refusal('bad-request', { field: 'term' });
      const aside =
        base === undefined ? [] : [...(await this.#again(now, taken.state, base)), ...setAside(now.n, base)];
      const { statements } = snapshotGroup({ n: now.n, ...taken, here, held: Math.min(base ?? head.seq, head.seq) });
      await store.db.transaction([{ statements: [...aside, ...statements] }]);
      now.dropped = true;
      return { value: [...members.keys()].filter((user) => serverOf(user) === here && !taken.state.members.has(user)) };
    });
  }

  #isNews(held: RoomState, taken: RoomState): boolean {
    if (isBefore(taken.head, held.head)) return false;
    return isBefore(held.head, taken.head) || !participants(held).has(this.#options.id);
  }

  /** What this server did in the part that is set aside is done again, as far as the clerk has not taken it over. */
  async #again(room: LoadedRoom, taken: RoomState, base: number): Promise<Statement[]> {
    const { n, state } = room;
    const { store, crypto, runtime, id } = this.#options;
    const waiting = await store.outbox.after(n, { incarnation: -1, oseq: 0 }, mostAgain);
    const decided = state.origins.get(id);
    const known = taken.origins.get(id);
    const own = [...waiting, ...(decided ? [decided] : [])];
    if (!decided || (known && own.some((each) => isSameStamp(each, known)))) return [];
    const names = new Set(waiting.map(nameOf));
    const lost = (await actsAfter(store, room, id, base, runtime.now())).filter((row) => !names.has(nameOf(row)));
    const highest = Math.max(decided.incarnation, known?.incarnation ?? 0, ...waiting.map((row) => row.incarnation));
    return [outboxClear(n), outboxInsert(n, stampAgain(crypto, id, highest + 1, [...lost, ...waiting]))];
  }
}

const nameOf = ({ person, clientId }: OutboxRow): string => `${person}/${clientId}`;

function leavesOf({ keys, values }: Page): Leaf[] {
  if (keys.length !== values.length) throw new Refusal('bad-request', { field: 'leaves' });
  return keys.map((key, i): Leaf => [key, values[i]!]);
}

/** Title and topic, from the entries that hold them. */
function wordsOf({ info }: RoomState, lines: Page['info']): { title: string; topic: string } {
  let title = '';
  let topic = '';
  for (const { header, parts } of lines) {
    const { seq } = decodeHeader(header).pos;
    const body = readBody(parts[0] ?? undefined);
    if (!check(kinds.settings.body!, body).ok) continue;
    const words = body as { title?: string; topic?: string };
    if (seq === info.title || seq === 1) title = words.title ?? title;
    if (seq === info.topic || seq === 1) topic = words.topic ?? topic;
  }
  return { title, topic };
}
