/** Up to where a bot has handled each room, in the store. Written while the bot goes on: some entries may come twice. */
import type { Store } from '../api.ts';
import { fromBytes, keys, toBytes } from '../keys.ts';

export class Cursors {
  readonly #store: Store;
  #unwritten = new Map<string, Uint8Array | undefined>();
  #writing: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined for a room that was never followed. */
  async get(room: string): Promise<number | undefined> {
    const key = keys.cursor(room);
    const held = fromBytes(this.#unwritten.has(key) ? this.#unwritten.get(key) : await this.#store.get(key));
    return typeof held === 'number' ? held : undefined;
  }

  /** Everything up to `seq` is handled; undefined forgets the room. */
  set(room: string, seq: number | undefined): void {
    this.#unwritten.set(keys.cursor(room), seq === undefined ? undefined : toBytes(seq));
    this.#writing ??= this.#write();
  }

  /** Resolves when all is written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // A turn for what is set in the same moment.
    await undefined;
    while (this.#unwritten.size > 0) {
      const changes = this.#unwritten;
      this.#unwritten = new Map();
      await this.#store.apply(changes).catch(() => {});
    }
    this.#writing = undefined;
  }
}
