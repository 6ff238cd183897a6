/** The logs that are being given back: their states in memory, one page of each at a time, and clearing away what nobody finished. */
import { Refusal } from '@parley/protocol';
import { loadState } from '@parley/room';
import { Lru } from './lru.ts';
import type { Runtime } from './runtime.ts';
import type { Store } from './store/store.ts';
import type { Upload } from './upload.ts';

/** States in memory; those of others are read again. */
const held = 4;
/** Uploads at a time, on disk. */
const most = 16;
/** An upload that nobody went on with for so long is given up. */
const patienceMs = 7 * 86_400_000;

export class Uploads {
  readonly #store: Store;
  readonly #runtime: Runtime;
  readonly #serverId: string;
  readonly #held = new Lru<string, Upload>(held);
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(store: Store, runtime: Runtime, serverId: string) {
    this.#store = store;
    this.#runtime = runtime;
    this.#serverId = serverId;
  }

  /** Runs `work` after what was asked before of this room. */
  async inTurn<T>(room: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(room);
    const turn = before ? before.then(work, work) : work();
    this.#turns.set(room, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(room) === turn) this.#turns.delete(room);
    }
  }

  /** What was given back of a room so far. */
  async open(room: string): Promise<Upload | undefined> {
    const upload = this.#held.get(room);
    if (upload) return upload;
    const record = await this.#store.archive.upload(room);
    if (!record) return undefined;
    const { n, head, chain, nth, title, topic } = record;
    const state = loadState(room, { pos: head, chain }, await this.#store.room.leaves(n));
    return { n, state, live: state.clerk === this.#serverId, nth, title, topic };
  }

  /** Refuses with `too-many` where no further upload may begin. */
  async mayBegin(): Promise<void> {
    if ((await this.#store.archive.uploads()) >= most) throw new Refusal('too-many');
  }

  /** The state of an upload is that on disk again. */
  keep(upload: Upload): void {
    this.#held.set(upload.state.id, upload);
  }

  /** The state went ahead of the disk, or the upload is over. */
  forget(room: string): void {
    this.#held.delete(room);
  }

  /** Takes away an upload that is wrong. */
  async abandon({ n, state }: Upload): Promise<void> {
    this.forget(state.id);
    await this.#store.archive.abandon(n);
    await this.#store.archive.clear();
  }

  /** Clears away what was given up. */
  async tidy(): Promise<void> {
    await this.#store.archive.abandonBefore(this.#runtime.now() - patienceMs);
    await this.#store.archive.clear();
  }
}
