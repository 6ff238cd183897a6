/** Puts acts into a room as its clerk: what was placed before is found, the rest goes through `room.step` to the committer. */
import { encodeCbor, limits } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  createRoom,
  type Facts,
  type Input,
  type Part,
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
import { LoadedRoom } from './loaded-room.ts';
import type { Runtime } from './runtime.ts';
import { actKey, type EntryRecord, keyText } from './store/entry.ts';
import type { Store } from './store/store.ts';

export interface PlacingOptions {
  store: Pick<Store, 'entry'>;
  committer: Committer;
  crypto: Crypto;
  runtime: Runtime;
  /** Called when something in a room may now end by itself at another time. */
  dueChanged: (room: LoadedRoom) => void;
}

export interface PlacedAct {
  outcome: Outcome;
  /** Undefined for what was on disk before or is refused. */
  durable: Promise<void> | undefined;
}

export class Placer {
  readonly #options: PlacingOptions;

  constructor(options: PlacingOptions) {
    this.#options = options;
  }

  /**
   * Places acts in order; one that was placed before gives the outcome it had. Nobody else may place in this room
   * meanwhile. Throws Moved when the room must be loaded again.
   */
  async placeAll(room: LoadedRoom, drafts: readonly Draft[]): Promise<PlacedAct[]> {
    if (room.dropped) throw new Moved();
    if (room.archive) return drafts.map(() => refused('forbidden'));
    const keys = drafts.map(({ author, clientId }) => actKey(author.id, clientId));
    const names = keys.map(keyText);
    const sought = keys.filter((_, i) => !room.placed.has(names[i]!));
    const prior = await this.#options.store.entry.byActs(room.n, sought);
    const out: PlacedAct[] = [];
    for (const [i, draft] of drafts.entries())
      out.push(resent(room, names[i]!, prior) ?? (await this.#place(room, names[i]!, draft)));
    return out;
  }

  /** Appends what is due; resolves when it is on disk. */
  due(room: LoadedRoom): Promise<void> | undefined {
    if (room.dropped) throw new Moved();
    return room.archive ? undefined : this.#step(room, { type: 'due' }, undefined, []).durable;
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

  async #place(room: LoadedRoom, name: string, draft: Draft): Promise<PlacedAct> {
    const facts = await this.#facts(room, draft);
    if (room.dropped) throw new Moved();
    const { act, parts } = this.#act(room.id, draft);
    if (parts.some((part) => part.bytes.length > limits.envelopeBytes)) return refused('too-large');
    const input: Input = draft.clerk
      ? { type: 'clerk', act, ...draft.clerk }
      : { type: 'act', act, facts, after: room.committed };
    const { outcome, durable } = this.#step(room, input, draft, parts);
    if (outcome?.type !== 'entry') return { outcome: outcome ?? { type: 'refused', code: 'internal' }, durable };
    const { pos, at } = outcome;
    const target = draft.target && keyText(actKey(draft.target.user, draft.target.clientId));
    room.placed.set(name, { pos, at, durable, kind: draft.kind, target });
    void durable.catch(() => {}).then(() => room.placed.delete(name));
    return { outcome: { type: 'entry', ...pos, at, again: false }, durable };
  }

  /** What an act names, as it stands: on disk, or on its way there. */
  async #facts(room: LoadedRoom, { kind, target }: Draft): Promise<Facts> {
    if (!target || !targetKind(kind)) return {};
    const { entry } = this.#options.store;
    const key = actKey(target.user, target.clientId);
    const name = keyText(key);
    // First what is on its way: by the time the disk has answered it may have arrived.
    const underWay = room.placed.get(name);
    const going = [...room.placed.values()].some((placed) => placed.target === name && takesAway.has(placed.kind));
    const found = underWay ?? (await entry.byAct(room.n, key));
    if (!found) return {};
    return { target: { kind: found.kind, gone: going || (await entry.isGone(room.n, key)) } };
  }

  #step(room: LoadedRoom, input: Input, draft: Draft | undefined, parts: Part[]) {
    const { runtime, crypto, committer, dueChanged } = this.#options;
    const before = { ...room.state.head, nth: room.nth };
    const { entries, outcome } = stepped(room, () => step(room.state, input, runtime.now(), crypto));
    if (entries.length === 0) return { outcome, durable: Promise.resolve() };
    const own = outcome?.type === 'entry' ? outcome.pos.seq : undefined;
    const written = entries.map(({ header, headerBytes }): Written => {
      if (header.pos.seq !== own || !draft)
        return { header, headerBytes, parts: [], body: undefined, author: 0, mentioned: [] };
      return writtenOf(room, { header, headerBytes }, draft, parts);
    });
    const leaves = takeChanges(room.state);
    room.noteChanges(leaves.keys());
    room.nth = nthAfter(room.nth, written);
    if (draft?.kind === 'settings' && own !== undefined) rename(room, draft);
    const durable = committer.append(room, before, written, leaves);
    if ([...leaves.keys()].some((key) => key.startsWith('~due/'))) dueChanged(room);
    return { outcome, durable };
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

function refused(code: 'forbidden' | 'too-large'): PlacedAct {
  return { outcome: { type: 'refused', code }, durable: undefined };
}

/** An act that stands already, or is on its way. */
function resent(room: LoadedRoom, name: string, prior: ReadonlyMap<string, EntryRecord>): PlacedAct | undefined {
  const underWay = room.placed.get(name);
  if (underWay) return { outcome: again(underWay.pos, underWay.at), durable: underWay.durable };
  const stored = prior.get(name);
  return stored && { outcome: again(stored, stored.at), durable: undefined };
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

function rename(room: LoadedRoom, { body, data }: Draft): void {
  const { title = room.title, topic = room.topic } = (body ?? {}) as { title?: string; topic?: string };
  room.title = title;
  room.topic = topic;
  if (data?.alias !== undefined) room.alias = room.state.settings.alias;
}

function writtenOf(
  room: LoadedRoom,
  made: Pick<Written, 'header' | 'headerBytes'>,
  draft: Draft,
  parts: Part[],
): Written {
  const keeps = room.state.settings.retentionDays !== 0 || draft.kind === 'settings';
  const mentioned = (draft.mentioned ?? []).filter(({ id }) => id !== draft.author.id && room.state.members.has(id));
  return {
    ...made,
    parts: keeps ? parts : [],
    body: draft.body,
    author: draft.author.n,
    ...(draft.subject ? { subject: draft.subject.n } : {}),
    mentioned: mentioned.map(({ n }) => n),
  };
}
