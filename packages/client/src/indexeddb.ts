/** A store in the browser's database. */
import { openDB } from 'idb';
import type { Store } from './api.ts';

// The browser's own; types of the DOM are not loaded where this package is checked, and `never` fits both ways.
declare const IDBKeyRange: { bound(lower: string, upper: string): never };

const table = 'values';

/** Opens the store of that name; rejects where the browser keeps nothing (private windows of some). */
export async function openIndexedDbStore(name = 'parley'): Promise<Store> {
  const opening = openDB(name, 1, {
    upgrade(upgraded) {
      upgraded.createObjectStore(table);
    },
    // Another tab brings a newer version: it must not wait for this one.
    blocking() {
      void opening.then((opened) => opened.close());
    },
  });
  const database = await opening;
  return {
    async get(key) {
      return (await database.get(table, key)) as Uint8Array | undefined;
    },
    async apply(changes) {
      const transaction = database.transaction(table, 'readwrite', { durability: 'strict' });
      for (const [key, value] of changes) {
        if (value === undefined) void transaction.store.delete(key);
        else void transaction.store.put(value, key);
      }
      await transaction.done;
    },
    async list(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const transaction = database.transaction(table);
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      return keys.map((key, i) => [key as string, values[i] as Uint8Array]);
    },
    async close() {
      database.close();
    },
  };
}
