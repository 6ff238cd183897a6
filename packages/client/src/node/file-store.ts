/**
 * A store in a folder: everything is in memory, every change in a journal that is on disk before `apply` resolves.
 * When the journal has grown to several times what it says, it is written anew beside itself and renamed.
 */
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime, Store } from '../api.ts';
import { newClientId } from '../client-id.ts';
import { machineRuntime } from '../runtime.ts';
import { type Changes, encodeRecord, readRecords } from './journal.ts';
import { takeLock } from './lock.ts';

/** Compacting is worth it when this much is dead, in bytes and as a multiple of what lives. */
const compactAt = { bytes: 1_048_576, times: 4 };
/** Keys in one record of a compacted journal, so that no record is very large. */
const compactKeys = 256;

/** Opens the store in `dir`, made when it is missing; for one process at a time (throws StoreInUse). */
export async function openFileStore(dir: string, runtime: Runtime = machineRuntime): Promise<Store> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const release = await takeLock(join(dir, 'lock'), newClientId(runtime));
  try {
    return await FileStore.open(dir, release);
  } catch (error) {
    await release();
    throw error;
  }
}

interface Waiting {
  readonly changes: Changes;
  readonly done: PromiseWithResolvers<void>;
}

class FileStore implements Store {
  readonly #dir: string;
  readonly #release: () => Promise<void>;
  readonly #held = new Map<string, Uint8Array>();
  #file: FileHandle;
  #size = 0;
  #liveBytes = 0;
  #waiting: Waiting[] = [];
  #isWriting = false;
  #written: Promise<void> | undefined;
  #broken: unknown;
  #closing: Promise<void> | undefined;

  private constructor(dir: string, release: () => Promise<void>, file: FileHandle) {
    this.#dir = dir;
    this.#release = release;
    this.#file = file;
  }

  static async open(dir: string, release: () => Promise<void>): Promise<FileStore> {
    const file = await open(join(dir, 'journal'), 'a+', 0o600);
    const store = new FileStore(dir, release, file);
    try {
      await file.chmod(0o600);
      const bytes = await file.readFile();
      store.#size = readRecords(bytes, store.#held);
      for (const [key, value] of store.#held) store.#liveBytes += sizeOf(key, value);
      if (store.#size < bytes.length) await file.truncate(store.#size);
      await file.sync();
      await syncFolder(dir);
      return store;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#held.get(key);
  }

  async list(prefix: string): Promise<[string, Uint8Array][]> {
    return [...this.#held].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  apply(changes: Changes): Promise<void> {
    if (this.#closing) return Promise.reject(new Error('the store is closed'));
    if (changes.size === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ changes: new Map(changes), done });
    if (!this.#isWriting) this.#written = this.#write();
    return done.promise;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#written;
      await this.#file.close();
      await this.#release();
    })();
    return this.#closing;
  }

  /** Writes what has gathered, all of it with one sync, until nothing is left. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#broken) throw this.#broken;
        await this.#append(Buffer.concat(batch.map(({ changes }) => encodeRecord(changes))));
        for (const { changes } of batch) this.#hold(changes);
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
      if (this.#size > compactAt.bytes && this.#size > this.#liveBytes * compactAt.times) await this.#compact();
    }
    this.#isWriting = false;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
      this.#size += bytes.length;
    } catch (error) {
      // What is half there must not stand before later records; and what a failed sync kept, nobody knows.
      await this.#file.truncate(this.#size).catch(() => {});
      this.#broken = error;
      throw error;
    }
  }

  #hold(changes: Changes): void {
    for (const [key, value] of changes) {
      const before = this.#held.get(key);
      if (before) this.#liveBytes -= sizeOf(key, before);
      if (value) {
        this.#held.set(key, value);
        this.#liveBytes += sizeOf(key, value);
      } else this.#held.delete(key);
    }
  }

  /** Failing here loses nothing: the old journal stays. */
  async #compact(): Promise<void> {
    const path = join(this.#dir, 'journal');
    const file = await open(`${path}.new`, 'w', 0o600).catch(() => undefined);
    if (!file) return;
    let next: FileHandle | undefined;
    try {
      const all = [...this.#held];
      let size = 0;
      for (let at = 0; at < all.length; at += compactKeys) {
        const record = encodeRecord(new Map(all.slice(at, at + compactKeys)));
        await file.writeFile(record);
        size += record.length;
      }
      await file.sync();
      next = await open(`${path}.new`, 'a', 0o600);
      await rename(`${path}.new`, path);
      await syncFolder(this.#dir);
      const old = this.#file;
      this.#file = next;
      this.#size = size;
      await old.close();
    } catch (error) {
      this.#broken = error;
      if (next !== this.#file) await next?.close();
    } finally {
      await file.close();
    }
  }
}

const sizeOf = (key: string, value: Uint8Array): number => key.length + value.length + 8;

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
