/** Puts acts into a room as its clerk: what was placed before is found, the rest goes through `room.step` to the committer. */
import { encodeCbor, limits } from '@parley/protocol';
import {
  type Act,
  type Appended,
  type Crypto,
  createRoom,
  type Facts,
  type Input,
  type Part,
  pinKey,
  type RoomState,
  refOf,
  type Stepped,
  saltBytes,
  step,
  takeChanges,
  targetKind,
} from '@parley/room';
import { nthAfter, type Written } from './append.ts';
import { type Committer, Moved } from './committer.ts';
import type { Draft, Entered, Outcome } from './draft.ts';
import { readBody } from './entry-view.ts';
import { LoadedRoom } from './loaded-room.ts';
import type { Runtime } from './runtime.ts';
import { actName, type EntryRecord, keyOf } from './store/entry.ts';
import type { Store } from './store/store.ts';

export interface PlacingOptions {
  store: Pick<Store, 'entry' | 'room'>;
  committer: Committer;
  crypto: Crypto;
  runtime: Runtime;
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

/** Acts that are placed in one go: one append for all of them. */
interface Run {
  room: LoadedRoom;
  before: { term: number; seq: number; nth: number };
  written: Written[];
  names: string[];
  durable: PromiseWithResolvers<void>;
}

/** Whose act an entry is to be. */
interface Owned {
  name: string;
  draft: Draft;
  parts: Part[];
}

export class Placer {
  readonly #options: PlacingOptions;

  constructor(options: PlacingOptions) {
    this.#options = options;
  }

  /**
   * Places acts in order; one that was placed before gives the outcome it had, and one that fails leaves the others
   * alone. Nobody else may place in this room meanwhile. Throws Moved when the room must be loaded again.
   */
  async placeAll(room: LoadedRoom, drafts: readonly Draft[]): Promise<PlacedAct[]> {
    if (room.dropped) throw new Moved();
    if (room.archive) return drafts.map(() => refused('forbidden'));
    const names = drafts.map(({ author, clientId }) => actName(author.id, clientId));
    const prior = await this.#options.store.entry.byActs(room.n, names.map(keyOf));
    const taken = await this.#takenNames(room, drafts);
    let run = begin(room);
    const out: PlacedAct[] = [];
    for (const [i, draft] of drafts.entries()) {
      const name = names[i]!;
      if (draft.target) {
        // What it names may be in this run, and must be on its way to be found.
        this.#append(run);
        run = begin(room);
      }
      try {
        const standing = resent(room, name, prior);
        if (standing) out.push(standing);
        else if (taken.has(draft)) out.push(refused('name-taken'));
        else if (draft.target) out.push(await this.#placeOnto(run, name, draft));
        else out.push(this.#place(run, name, draft, {}));
      } catch (failure) {
        out.push({ failure });
      }
    }
    this.#append(run);
    return out;
  }

  /** Those that want the name of another room. Two that want a free one at once: the disk decides, and one comes back. */
  async #takenNames(room: LoadedRoom, drafts: readonly Draft[]): Promise<ReadonlySet<Draft>> {
    const taken = new Set<Draft>();
    for (const draft of drafts) {
      const alias = draft.kind === 'settings' ? draft.data?.alias : undefined;
      const holder = typeof alias === 'string' ? await this.#options.store.room.byAlias(alias) : undefined;
      if (holder !== undefined && holder !== room.id) taken.add(draft);
    }
    return taken;
  }

  /** Appends what is due; resolves when it is on disk. */
  due(room: LoadedRoom): Promise<void> | undefined {
    if (room.dropped) throw new Moved();
    if (room.archive) return undefined;
    const run = begin(room);
    this.#step(run, { type: 'due' });
    this.#append(run);
    return run.written.length > 0 ? run.durable.promise : undefined;
  }

  /** A room that is not on disk yet. */
  make(n: number, draft: Draft): { room: LoadedRoom; append: () => Promise<void> } {
    const { crypto, runtime, committer } = this.#options;
    const { act, parts } = this.#act(null, draft);
    const { state, header, headerBytes } = createRoom(crypto, act, runtime.now());
    const { title = '', topic = '' } = (draft.body ?? {}) as { title?: string; topic?: string };
    const { alias } = state.settings;
    const room = new LoadedRoom({ n, state, archive: false, alias: null, title, topic, nth: 0 });
    room.alias = alias;
    const written: Written = { header, headerBytes, parts, body: draft.body, author: draft.author.n, mentioned: [] };
    const append = () => committer.append(room, { term: 0, seq: 0, nth: 0 }, [written], takeChanges(state));
    return { room, append };
  }

  /** An act that names another. */
  async #placeOnto(run: Run, name: string, draft: Draft): Promise<PlacedAct> {
    const { room } = run;
    const same = draft.kind === 'react' ? await this.#sameReaction(room, draft) : undefined;
    if (same) return { outcome: again(same, same.at) };
    const standing = draft.kind === 'pin' || draft.kind === 'unpin' ? await this.#samePinning(room, draft) : undefined;
    if (standing) return standing;
    return this.#place(run, name, draft, await this.#facts(room, draft));
  }

  #place(run: Run, name: string, draft: Draft, facts: Facts): PlacedAct {
    const { room } = run;
    if (room.dropped) throw new Moved();
    const { act, parts } = this.#act(room.id, draft);
    if (parts.some((part) => part.bytes.length > limits.envelopeBytes)) return refused('too-large');
    const input: Input = draft.clerk
      ? { type: 'clerk', act, ...draft.clerk }
      : { type: 'act', act, facts, after: room.committed };
    const outcome = this.#step(run, input, { name, draft, parts }) ?? { type: 'refused', code: 'internal' };
    if (outcome.type !== 'entry') return { outcome };
    const { pos, at } = outcome;
    const durable = run.durable.promise;
    const target = draft.target && actName(draft.target.user, draft.target.clientId);
    room.placed.set(name, { pos, at, durable, kind: draft.kind, target });
    run.names.push(name);
    return { outcome: { type: 'entry', ...pos, at, again: false }, durable };
  }

  /** What an act names, as it stands: on disk, or on its way there. */
  async #facts(room: LoadedRoom, { kind, target }: Draft): Promise<Facts> {
    if (!target || !targetKind(kind)) return {};
    const { entry } = this.#options.store;
    const name = actName(target.user, target.clientId);
    const key = keyOf(name);
    // First what is on its way: by the time the disk has answered it may have arrived.
    const underWay = room.placed.get(name);
    const going = [...room.placed.values()].some((placed) => placed.target === name && takesAway.has(placed.kind));
    const found = underWay ?? (await entry.byAct(room.n, key));
    if (!found) return {};
    return { target: { kind: found.kind, gone: going || (await entry.isGone(room.n, key)) } };
  }

  /** The same emoji again is the same reaction. */
  async #sameReaction(room: LoadedRoom, { author, target, body }: Draft): Promise<EntryRecord | undefined> {
    const { entry } = this.#options.store;
    const name = actName(target!.user, target!.clientId);
    const isOnItsWay = [...room.placed.values()].some((placed) => placed.kind === 'react' && placed.target === name);
    if (isOnItsWay) await room.settled();
    const own = await entry.reactionsOf(room.n, keyOf(name), author.n);
    const parts = await entry.parts(
      room.n,
      own.map(({ seq }) => seq),
    );
    const { emoji } = body as { emoji: string };
    return own.find(({ seq }) => (readBody(parts.get(`${seq}/0`)) as { emoji?: string } | null)?.emoji === emoji);
  }

  /** To pin what is pinned, or to unpin what was unpinned, is what was done then. */
  async #samePinning(room: LoadedRoom, { kind, target }: Draft): Promise<PlacedAct | undefined> {
    const { user, clientId } = target!;
    if (room.state.pins.has(pinKey(user, clientId)) !== (kind === 'pin')) return undefined;
    const name = actName(user, clientId);
    const underWay = [...room.placed.values()].findLast((placed) => placed.kind === kind && placed.target === name);
    if (underWay) return { outcome: again(underWay.pos, underWay.at), durable: underWay.durable };
    const stored = await this.#options.store.entry.lastOn(room.n, keyOf(name), kind);
    return stored && { outcome: again(stored, stored.at) };
  }

  #step({ room, written }: Run, input: Input, of?: Owned): Stepped['outcome'] {
    const { runtime, crypto } = this.#options;
    const { entries, outcome } = stepped(room, () => step(room.state, input, runtime.now(), crypto));
    const own = outcome?.type === 'entry' ? outcome.pos.seq : undefined;
    for (const made of entries) {
      const isOwn = of && made.header.pos.seq === own;
      written.push(isOwn ? writtenOf(room, made, of) : clerksOwn(made));
    }
    if (of?.draft.kind === 'settings' && own !== undefined) rename(room, of.draft);
    if (isDeserted(room.state)) room.alias = null;
    return outcome;
  }

  #append({ room, before, written, names, durable }: Run): void {
    if (written.length === 0) return;
    const { committer, dueChanged } = this.#options;
    const leaves = takeChanges(room.state);
    room.noteChanges(leaves.keys());
    room.nth = nthAfter(room.nth, written);
    const forget = (): void => {
      for (const name of names) room.placed.delete(name);
    };
    durable.promise.then(forget, forget);
    committer.append(room, before, written, leaves).then(durable.resolve, durable.reject);
    if ([...leaves.keys()].some((key) => key.startsWith('~due/'))) dueChanged(room);
  }

  #act(room: string | null, draft: Draft): { act: Act; parts: Part[] } {
    const { crypto, runtime } = this.#options;
    const { author, device, clientId, kind, target, data, body } = draft;
    const parts: Part[] = body === undefined ? [] : [{ salt: runtime.randomBytes(saltBytes), bytes: encodeCbor(body) }];
    const act: Act = { room, user: author.id, device, clientId, kind, parts: parts.map((part) => refOf(crypto, part)) };
    if (target) act.target = { user: target.user, clientId: target.clientId };
    if (data) act.data = data;
    return { act, parts };
  }
}

const takesAway = new Set(['redact', 'unreact']);

function refused(code: 'forbidden' | 'too-large' | 'name-taken'): PlacedAct {
  return { outcome: { type: 'refused', code } };
}

function begin(room: LoadedRoom): Run {
  const before = { ...room.state.head, nth: room.nth };
  return { room, before, written: [], names: [], durable: Promise.withResolvers() };
}

function clerksOwn(made: Appended): Written {
  return { ...made, parts: [], body: undefined, author: 0, mentioned: [] };
}

/** An act that stands already, or is on its way. */
function resent(room: LoadedRoom, name: string, prior: ReadonlyMap<string, EntryRecord>): PlacedAct | undefined {
  const underWay = room.placed.get(name);
  if (underWay) return { outcome: again(underWay.pos, underWay.at), durable: underWay.durable };
  const stored = prior.get(name);
  return stored && { outcome: again(stored, stored.at) };
}

function again({ term, seq }: { term: number; seq: number }, at: number): Entered {
  return { type: 'entry', term, seq, at, again: true };
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
function isDeserted({ members, invited, settings }: RoomState): boolean {
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
