/** The bus of a single process: listeners run within `publish`, which throws what the first of them threw. */
import type { Bus, Topic, Topics } from './bus.ts';

export function openLocalBus(): Bus {
  const listeners: { [T in Topic]: Set<(event: Topics[T]) => void> } = {
    room: new Set(),
    account: new Set(),
    everybody: new Set(),
    end: new Set(),
  };
  return {
    publish(topic, event) {
      const failures: unknown[] = [];
      for (const listener of [...listeners[topic]]) {
        try {
          listener(event);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
    subscribe(topic, listener) {
      listeners[topic].add(listener);
      return () => listeners[topic].delete(listener);
    },
    async close() {
      for (const set of Object.values(listeners)) set.clear();
    },
  };
}
