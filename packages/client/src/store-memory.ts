/** A store for tests, bots without memory and pages that may not keep anything. */
import type { Store } from './api.ts';

/** Starts with `initial`; what it holds is gone with the process. */
export function memoryStore(initial: Iterable<[string, Uint8Array]> = []): Store {
  const held = new Map<string, Uint8Array>(initial);
  return {
    async get(key) {
      return held.get(key);
    },
    async apply(changes) {
      for (const [key, value] of changes) {
        if (value === undefined) held.delete(key);
        else held.set(key, value);
      }
    },
    async list(prefix) {
      return [...held].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
    },
    async close() {},
  };
}
