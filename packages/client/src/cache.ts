/**
 * Writes to the store that may come late: they gather for a moment and are applied at once, so that what is found
 * after a crash is a little old but whole. After a write that failed nothing more is written, for the same reason.
 */
import type { Runtime, Store } from './api.ts';
import { toBytes } from './keys.ts';
import { flushChanges, flushMs } from './limits.ts';

export class Cache {
  readonly #store: Store;
  readonly #runtime: Runtime;
  #changes = new Map<string, unknown>();
  #prefixes = new Set<string>();
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(store: Store, runtime: Runtime) {
    this.#store = store;
    this.#runtime = runtime;
  }

  /** Sets a value, which must not change afterwards; undefined deletes. */
  set(key: string, value: unknown): void {
    if (this.#broken) return;
    this.#changes.set(key, value);
    if (this.#changes.size >= flushChanges) void this.flush();
    else this.#cancelTimer ??= this.#runtime.setTimer(() => void this.flush(), flushMs);
  }

  /** Deletes everything under a prefix; what is set afterwards stays. */
  clear(prefix: string): void {
    if (this.#broken) return;
    for (const key of this.#changes.keys()) if (key.startsWith(prefix)) this.#changes.delete(key);
    this.#prefixes.add(prefix);
    this.#cancelTimer ??= this.#runtime.setTimer(() => void this.flush(), flushMs);
  }

  /** Everything under a prefix, as it would be after a flush. */
  async list(prefix: string): Promise<[key: string, value: Uint8Array][]> {
    await this.flush();
    return this.#store.list(prefix);
  }

  /** Writes what has gathered; never rejects. */
  flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const changes = this.#changes;
    const prefixes = this.#prefixes;
    if (changes.size === 0 && prefixes.size === 0) return this.#writing;
    this.#changes = new Map();
    this.#prefixes = new Set();
    this.#writing = this.#writing
      .then(() => this.#write(changes, prefixes))
      .catch(() => {
        this.#broken = true;
      });
    return this.#writing;
  }

  async #write(changes: Map<string, unknown>, prefixes: Set<string>): Promise<void> {
    if (this.#broken) return;
    const all = new Map<string, Uint8Array | undefined>();
    for (const prefix of prefixes) for (const [key] of await this.#store.list(prefix)) all.set(key, undefined);
    for (const [key, value] of changes) all.set(key, value === undefined ? undefined : toBytes(value));
    await this.#store.apply(all);
  }
}
