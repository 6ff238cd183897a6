/** The vault in a thread of its own: the page that shows messages never has a key's bytes in its memory. */
import { type DBSchema, openDB } from 'idb';
import { type KeyRecord, type KeyStore, Vault } from './vault.ts';
import type { Answer, Ask } from './vault-client.ts';
import { VaultError } from './vault-port.ts';

interface Worker {
  addEventListener(type: 'message', listener: (event: { data: Ask }) => void): void;
  postMessage(answer: Answer): void;
}
interface Schema extends DBSchema {
  key: { key: string; value: KeyRecord };
}

const worker = globalThis as unknown as Worker;

/** A database of its own: signing out empties that of the account and leaves this one. */
async function openStore(): Promise<KeyStore> {
  const db = await openDB<Schema>('parley-keys', 1, {
    upgrade: (opened) => void opened.createObjectStore('key', { keyPath: 'address' }),
  });
  return {
    list: () => db.getAll('key'),
    put: async (record) => void (await db.put('key', record)),
    remove: (address) => db.delete('key', address),
  };
}

/** Where the browser keeps nothing a key lasts as long as the page. */
function passingStore(): KeyStore {
  const held = new Map<string, KeyRecord>();
  return {
    list: async () => [...held.values()],
    put: async (record) => void held.set(record.address, record),
    remove: async (address) => void held.delete(address),
  };
}

const vault = openStore()
  .catch(passingStore)
  .then((store) => {
    const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
    return new Vault(store, { now: Date.now, randomBytes });
  });

worker.addEventListener('message', async ({ data: { id, call, given } }) => {
  try {
    const held = await vault;
    const act = held[call] as (given: unknown) => Promise<unknown>;
    worker.postMessage({ id, reply: await act.call(held, given) });
  } catch (error) {
    worker.postMessage({ id, code: error instanceof VaultError ? error.code : 'failed' });
  }
});
