/** Acts and entries that go into a room in one go: one append for all of them. */
import type { Part } from '@parley/room';
import {
  type Appended,
  type Crypto,
  freesClientId,
  type Input,
  nextDue,
  openTerm,
  participants,
  type RoomState,
  type Stepped,
  step,
  takeChanges,
} from '@parley/room';
import { clerksOwn, nthAfter, type Written } from './append.ts';
import { type Committer, Moved } from './committer.ts';
import type { Doubts } from './doubts.ts';
import type { Draft, Outcome } from './draft.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { Runtime } from './runtime.ts';
import type { Statement } from './store/database.ts';
import { actName } from './store/entry.ts';
import type { Unkept } from './unkept.ts';

export interface RunOptions {
  committer: Committer;
  crypto: Crypto;
  runtime: Runtime;
  /** Where the content of rooms that keep nothing is for a while. */
  unkept: Unkept;
  /** Which logs may have lost their end in a restore. */
  doubts: Doubts;
  /** Called when something in a room may now end by itself at another time. */
  dueChanged: (room: LoadedRoom) => void;
}

/** An outcome or a failure. */
export interface PlacedAct {
  outcome?: Outcome;
  /** Undefined for what was on disk before or is refused. */
  durable?: Promise<void>;
  failure?: unknown;
}

/** Whose act an entry is to be. */
interface Owned {
  name: string;
  draft: Draft;
  parts: readonly Part[];
}

export class Run {
  readonly room: LoadedRoom;
  readonly written: Written[] = [];
  readonly #options: RunOptions;
  readonly #before: { term: number; seq: number; nth: number };
  readonly #names: string[] = [];
  readonly #durable = Promise.withResolvers<void>();

  /** Nobody else may place in this room until it is appended. Throws Moved when the room must be loaded again. */
  constructor(options: RunOptions, room: LoadedRoom) {
    if (room.dropped) throw new Moved();
    this.#options = options;
    this.room = room;
    this.#before = { ...room.state.head, nth: room.nth };
    this.#durable.promise.catch(() => {});
  }

  /** Resolves when what is in it is on disk; rejects as the committer does. */
  get durable(): Promise<void> {
    return this.#durable.promise;
  }

  step(input: Input, of?: Owned): Stepped['outcome'] {
    const { room } = this;
    const { runtime, crypto, unkept, doubts } = this.#options;
    const isAppending = input.type !== 'due' || (nextDue(room.state) ?? Number.POSITIVE_INFINITY) <= runtime.now();
    if (isAppending && doubts.isUnsure(room)) this.openTerm();
    if (of && 'act' in input && room.state.settings.retentionDays === 0) unkept.put(input.act.parts, of.parts);
    const { entries, outcome } = stepped(room, () => step(room.state, input, runtime.now(), crypto));
    const own = outcome?.type === 'entry' ? outcome.pos.seq : undefined;
    for (const made of entries) {
      const isOwn = of && made.header.pos.seq === own;
      this.written.push(isOwn ? writtenOf(room, made, of) : clerksOwn(made));
    }
    if (of?.draft.kind === 'settings' && own !== undefined) rename(room, of.draft);
    if (isDeserted(room.state)) room.alias = null;
    if (of && outcome) this.#note(of, outcome);
    return outcome;
  }

  /** @param above the highest term that was seen anywhere */
  openTerm(above = 0): void {
    const { room } = this;
    const { runtime, crypto, doubts } = this.#options;
    this.written.push(clerksOwn(openTerm(room.state, runtime.now(), crypto, above)));
    room.openedTerm = true;
    this.durable.then(
      () => doubts.resolve(room.id),
      () => {},
    );
  }

  /** @param also what is to be stored with it, or not at all */
  append(also: readonly Statement[] = []): void {
    const { room, written } = this;
    if (written.length === 0) return;
    const { committer, dueChanged, doubts, crypto } = this.#options;
    const leaves = takeChanges(room.state);
    room.noteChanges(leaves.keys());
    const isAsked = doubts.keeps(room) && participants(room.state).size > 1;
    const stateHash = isAsked ? room.stateHash(crypto) : undefined;
    room.nth = nthAfter(room.nth, written);
    const forget = (): void => {
      for (const name of this.#names) room.placed.delete(name);
    };
    this.durable.then(forget, forget);
    committer
      .append(room, this.#before, written, leaves, also, stateHash)
      .then(this.#durable.resolve, this.#durable.reject);
    if ([...leaves.keys()].some((key) => key.startsWith('~due/'))) dueChanged(room);
  }

  /** Until it is on disk it is found here: what was done, and what was refused for good. */
  #note({ name, draft: { kind, target } }: Owned, outcome: NonNullable<Stepped['outcome']>): void {
    if (outcome.type === 'refused' || (outcome.type === 'tombstone' && freesClientId(outcome.code))) return;
    const { pos, at } = outcome;
    const isDone = outcome.type === 'entry';
    const on = isDone && target ? actName(target.user, target.clientId) : undefined;
    this.room.placed.set(name, { pos, at, durable: this.durable, kind: isDone ? kind : 'tombstone', target: on });
    this.#names.push(name);
  }
}

/** A state that was left halfway is of no use any more. */
function stepped(room: LoadedRoom, run: () => Stepped): Stepped {
  try {
    return run();
  } catch (error) {
    room.dropped = true;
    throw error;
  }
}

/** Nobody is in it and nobody can come: its name is free for another room. */
export function isDeserted({ members, invited, settings }: RoomState): boolean {
  return members.size === 0 && invited.size === 0 && settings.joinRule !== 'public';
}

function rename(room: LoadedRoom, { body, data }: Draft): void {
  const { title = room.title, topic = room.topic } = (body ?? {}) as { title?: string; topic?: string };
  room.title = title;
  room.topic = topic;
  if (data?.alias !== undefined) room.alias = room.state.settings.alias;
}

function writtenOf(room: LoadedRoom, made: Appended, { name, draft, parts }: Owned): Written {
  const keeps = room.state.settings.retentionDays !== 0 || draft.kind === 'settings';
  // Also of people who are not here yet: it counts when they come and set their marker back.
  const mentioned = (draft.mentioned ?? []).filter(({ id }) => id !== draft.author.id);
  return {
    ...made,
    name,
    parts: keeps ? parts : [],
    body: draft.body,
    author: draft.author.n,
    ...(draft.subject ? { subject: draft.subject.n } : {}),
    mentioned: mentioned.map(({ n }) => n),
    ...(draft.kind === 'member' ? { members: room.state.members.size } : {}),
  };
}
