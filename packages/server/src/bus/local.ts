/** The bus of a single process: listeners run within `publish`. */
import type { Bus, Topic, Topics } from './bus.ts';

export function openLocalBus(): Bus {
  const listeners: { [T in Topic]: Set<(event: Topics[T]) => void> } = {
    room: new Set(),
    account: new Set(),
    end: new Set(),
  };
  return {
    publish(topic, event) {
      for (const listener of [...listeners[topic]]) listener(event);
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
