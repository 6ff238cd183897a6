/** The rooms of this server as their clerk: loads them, places acts one after another, and acknowledges what is on disk. */
import { type ErrorCode, encodeCbor, limits, type MessageRef, Refusal } from '@parley/protocol';
import {
  type Act,
  type Crypto,
  createRoom,
  type Input,
  loadState,
  type Part,
  refOf,
  saltBytes,
  step,
  takeChanges,
  targetKind,
} from '@parley/room';
import { nthAfter, type Written } from './append.ts';
import { type Committer, Moved } from './committer.ts';
import { LoadedRoom, type Placed } from './loaded-room.ts';
import { Lru } from './lru.ts';
import type { Runtime } from './runtime.ts';
import { actKey } from './store/entry.ts';
import type { Store } from './store/store.ts';
import type { PersonRecord } from './store/user.ts';

/** How often an act is placed again when other nodes append first. */
const attempts = 8;

/** An act before it is hashed: who does what, with which words. */
export interface Draft {
  author: PersonRecord;
  device: string;
  clientId: string;
  kind: string;
  target?: MessageRef;
  data?: Record<string, unknown>;
  body?: unknown;
  /** The person in `data.subject`. */
  subject?: PersonRecord;
  mentioned?: readonly PersonRecord[];
  /** An act of the clerk for somebody: imports, with the time it was said. */
  clerk?: { at?: number };
}

export type Outcome =
  | { type: 'entry'; term: number; seq: number; at: number }
  | { type: 'refused'; code: ErrorCode; retryAfterMs?: number };

export interface RoomsOptions {
  store: Store;
  committer: Committer;
  crypto: Crypto;
  runtime: Runtime;
  /** Rooms in memory; one that was not used for longest goes first. */
  loadedRooms: number;
  /** Called when something in a room may now end by itself at another time. */
  dueChanged: (room: LoadedRoom) => void;
}

export class Rooms {
  readonly #options: RoomsOptions;
  readonly #loaded: Lru<string, LoadedRoom>;
  readonly #loading = new Map<string, Promise<LoadedRoom>>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#loaded = new Lru(options.loadedRooms, (room) => room.busy);
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

  /** Forgets a room whose rows were changed by something else than an append. */
  drop(id: string): void {
    const room = this.#loaded.get(id);
    if (room) room.dropped = true;
  }

  /** Makes a room. The alias must be taken for the room's id by `reserve` before anything is stored. */
  async create(draft: Draft, reserve: (room: string) => Promise<void>): Promise<LoadedRoom> {
    const { crypto, runtime, store, committer } = this.#options;
    const { act, parts } = this.#act(null, draft);
    const { state, header, headerBytes } = createRoom(crypto, act, runtime.now());
    await reserve(state.id);
    const body = (draft.body ?? {}) as { title?: string; topic?: string };
    const n = randomNumber(runtime);
    const names = { title: body.title ?? '', topic: body.topic ?? '' };
    const inserted = await store.db.run(
      `INSERT INTO room (n, id, term, seq, chain, nth, alias, title, topic, listed, archive)
       VALUES (?, ?, 0, 0, ?, 0, NULL, ?, ?, 0, 0) ON CONFLICT DO NOTHING`,
      [n, state.id, new Uint8Array(), names.title, names.topic],
    );
    if (inserted !== 1) throw new Refusal('unavailable');
    const room = new LoadedRoom({ n, state, archive: false, nth: 0, ...names });
    this.#loaded.set(room.id, room);
    const written: Written = { header, headerBytes, parts, body: draft.body, author: draft.author.n, mentioned: [] };
    await committer.append(room, { term: 0, seq: 0, nth: 0 }, [written], takeChanges(state));
    return room;
  }

  /**
   * Places acts in order, without anything between them, and resolves when those that were accepted are on disk.
   * A draft that was placed before gives the outcome it had.
   */
  async submit(id: string, drafts: readonly Draft[]): Promise<Outcome[]> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const room = this.peek(id) ?? (await this.load(id));
      const turn = room.turn.then(() => this.#placeAll(room, drafts));
      room.turn = turn.catch(() => {});
      try {
        const placed = await turn;
        await Promise.all(placed.map(({ durable }) => durable));
        return placed.map(({ outcome }) => outcome);
      } catch (error) {
        if (!(error instanceof Moved)) throw error;
      }
    }
    throw new Refusal('unavailable');
  }

  /** One act; a refusal is thrown. */
  async act(id: string, draft: Draft): Promise<Outcome & { type: 'entry' }> {
    const [outcome] = await this.submit(id, [draft]);
    if (outcome?.type !== 'entry') throw refusalOf(outcome);
    return outcome;
  }

  /** Appends what is due in a room. */
  async runDue(id: string): Promise<void> {
    const room = await this.load(id);
    const turn = room.turn.then(() => {
      if (!room.dropped) return this.#step(room, { type: 'due' }, undefined, []).durable;
    });
    room.turn = turn.catch(() => {});
    await turn;
  }

  async #placeAll(
    room: LoadedRoom,
    drafts: readonly Draft[],
  ): Promise<{ outcome: Outcome; durable: Promise<void> | undefined }[]> {
    const out: { outcome: Outcome; durable: Promise<void> | undefined }[] = [];
    for (const draft of drafts) out.push(await this.#place(room, draft));
    return out;
  }

  async #place(room: LoadedRoom, draft: Draft): Promise<{ outcome: Outcome; durable: Promise<void> | undefined }> {
    const { store } = this.#options;
    if (room.dropped) throw new Moved();
    if (room.archive) return { outcome: { type: 'refused', code: 'forbidden' }, durable: undefined };
    const key = actKey(draft.author.id, draft.clientId);
    const name = Buffer.from(key).toString('latin1');
    const underWay = room.placed.get(name);
    if (underWay) return { outcome: { type: 'entry', ...underWay.pos, at: underWay.at }, durable: underWay.durable };
    const prior = await store.entry.byAct(room.n, key);
    if (prior)
      return {
        outcome: { type: 'entry', term: room.state.head.term, seq: prior.seq, at: prior.at },
        durable: undefined,
      };
    const target = await this.#target(room, draft);
    if (room.dropped) throw new Moved();
    const { act, parts } = this.#act(room.id, draft);
    const input: Input = draft.clerk
      ? { type: 'clerk', act, ...draft.clerk }
      : { type: 'act', act, facts: target ? { target } : {}, after: room.committed };
    const { outcome, durable } = this.#step(room, input, draft, parts);
    if (outcome?.type !== 'entry') return { outcome: outcome ?? { type: 'refused', code: 'internal' }, durable };
    const placed: Placed = { pos: outcome.pos, at: outcome.at, durable };
    room.placed.set(name, placed);
    void durable.catch(() => {}).then(() => room.placed.delete(name));
    return { outcome: { type: 'entry', ...outcome.pos, at: outcome.at }, durable };
  }

  /** What an act names, as it stands on disk. */
  async #target(room: LoadedRoom, draft: Draft): Promise<{ kind: string; gone: boolean } | undefined> {
    if (!draft.target || !targetKind(draft.kind)) return undefined;
    await room.settled();
    const { entry } = this.#options.store;
    const key = actKey(draft.target.user, draft.target.clientId);
    const found = await entry.byAct(room.n, key);
    if (!found) return undefined;
    const about = await entry.about(room.n, [key]);
    return { kind: found.kind, gone: about.some(({ kind }) => kind === 'redact' || kind === 'unreact') };
  }

  #step(room: LoadedRoom, input: Input, draft: Draft | undefined, parts: Part[]) {
    const { runtime, crypto, committer, dueChanged } = this.#options;
    const before = { ...room.state.head, nth: room.nth };
    const { entries, outcome } = step(room.state, input, runtime.now(), crypto);
    if (entries.length === 0) return { outcome, durable: Promise.resolve() };
    const own = outcome?.type === 'entry' ? outcome.pos.seq : undefined;
    const written = entries.map(({ header, headerBytes }): Written => {
      if (header.pos.seq !== own || !draft)
        return { header, headerBytes, parts: [], body: undefined, author: 0, mentioned: [] };
      return this.#written(room, { header, headerBytes }, draft, parts);
    });
    const leaves = takeChanges(room.state);
    room.noteChanges(leaves.keys());
    room.nth = nthAfter(room.nth, written);
    if (draft?.kind === 'settings') {
      const { title, topic } = (draft.body ?? {}) as { title?: string; topic?: string };
      if (own !== undefined) Object.assign(room, { title: title ?? room.title, topic: topic ?? room.topic });
    }
    const durable = committer.append(room, before, written, leaves);
    if ([...leaves.keys()].some((key) => key.startsWith('~due/'))) dueChanged(room);
    return { outcome, durable };
  }

  #written(room: LoadedRoom, made: Pick<Written, 'header' | 'headerBytes'>, draft: Draft, parts: Part[]): Written {
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

  #act(room: string | null, draft: Draft): { act: Act; parts: Part[] } {
    const { crypto, runtime } = this.#options;
    const { author, device, clientId, kind, target, data, body } = draft;
    const parts: Part[] = body === undefined ? [] : [{ salt: runtime.randomBytes(saltBytes), bytes: encodeCbor(body) }];
    if (parts.some((part) => part.bytes.length > limits.envelopeBytes)) throw new Refusal('too-large');
    const act: Act = { room, user: author.id, device, clientId, kind, parts: parts.map((part) => refOf(crypto, part)) };
    if (target) act.target = { user: target.user, clientId: target.clientId };
    if (data) act.data = data;
    return { act, parts };
  }
}

export function refusalOf(outcome: Outcome | undefined): Refusal {
  if (outcome?.type !== 'refused') return new Refusal('internal');
  const { code, retryAfterMs } = outcome;
  return new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** 48 random bits: rooms and people are numbered without asking anybody. */
export function randomNumber(runtime: Runtime): number {
  const bytes = runtime.randomBytes(6);
  return bytes.reduce((number, byte) => number * 256 + byte, 0) + 1;
}
