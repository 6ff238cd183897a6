/**
 * Takes rooms that other servers keep as they stand at one checkpoint: the state, the words that name the room, and a
 * first screen. Of what is held from before, the entries stay; their content comes back as far as it may be read.
 */
import { check, kinds, type QuestionPayload, type QuestionReply, Refusal, serverOf } from '@parley/protocol';
import {
  type Crypto,
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
import { snapshotGroup } from '../store/room-snapshot.ts';
import type { Store } from '../store/store.ts';
import type { Backfill } from './backfill.ts';
import type { Names } from './names-told.ts';
import type { Peers } from './peers.ts';

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
}

/** A room as its clerk tells it. */
interface Taken {
  state: RoomState;
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
   */
  take(clerk: string, room: string): Promise<LoadedRoom> {
    const running = this.#running.get(room);
    if (running) return running.then(() => this.take(clerk, room));
    const done = this.#take(clerk, room).finally(() => this.#running.delete(room));
    this.#running.set(room, done);
    return done;
  }

  async #take(clerk: string, room: string): Promise<LoadedRoom> {
    const { rooms, peers, backfill } = this.#options;
    const taken = await this.#fetch(clerk, room);
    const gone = await this.#store(room, taken);
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
    return { state, numbers: await names.numbers(users, told), ...wordsOf(state, [create, ...first.info]) };
  }

  #ask(clerk: string, asked: QuestionPayload<'snapshot'>): Promise<Page> {
    return this.#options.peers.ask(clerk, 'snapshot', asked, { priority: 'decision' });
  }

  /** Resolves with the people of this server who are not in the room any more. */
  async #store(room: string, taken: Taken): Promise<string[]> {
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
      const isSame = !isBefore(head, taken.state.head) && participants(now.state).has(here);
      if (isSame || isBefore(taken.state.head, head)) return { value: [] };
      await store.db.transaction([snapshotGroup({ n: now.n, ...taken, here, held: head })]);
      now.dropped = true;
      return { value: [...members.keys()].filter((user) => serverOf(user) === here && !taken.state.members.has(user)) };
    });
  }
}

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
