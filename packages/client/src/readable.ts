/** Values that views read and watch. */
import type { Readable } from './api.ts';

export interface Value<T> extends Readable<T> {
  /** Sets and tells everybody; does nothing when `next` is the same object. */
  set(next: T): void;
}

/** A value that is set. */
export function value<T>(initial: T): Value<T> {
  let present = initial;
  const listeners = new Listeners();
  const readable: Value<T> = {
    get: () => present,
    set(next) {
      if (Object.is(next, present)) return;
      present = next;
      listeners.tell();
    },
    subscribe: (listener) => listeners.add(listener),
    values: (signal) => follow(readable, signal),
  };
  return readable;
}

export interface Derived<T> extends Readable<T> {
  /** What it was made from has changed. */
  touch(): void;
}

/** A value that is worked out when it is read. */
export function derived<T>(make: () => T): Derived<T> {
  let held: { made: T } | undefined;
  const listeners = new Listeners();
  const readable: Derived<T> = {
    get() {
      held ??= { made: make() };
      return held.made;
    },
    touch() {
      held = undefined;
      listeners.tell();
    },
    subscribe: (listener) => listeners.add(listener),
    values: (signal) => follow(readable, signal),
  };
  return readable;
}

/** Who wants to know of changes. A listener that throws harms no other: its error surfaces on its own. */
class Listeners {
  readonly #listeners = new Set<{ call: () => void }>();

  add(listener: () => void): () => void {
    const held = { call: listener };
    this.#listeners.add(held);
    return () => this.#listeners.delete(held);
  }

  tell(): void {
    for (const { call } of [...this.#listeners]) {
      try {
        call();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

async function* follow<T>(readable: Readable<T>, signal?: AbortSignal): AsyncGenerator<T, void, void> {
  let changed = Promise.withResolvers<void>();
  const wake = () => changed.resolve();
  const stop = readable.subscribe(wake);
  signal?.addEventListener('abort', wake, { once: true });
  try {
    while (!signal?.aborted) {
      changed = Promise.withResolvers();
      yield readable.get();
      if (!signal?.aborted) await changed.promise;
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', wake);
  }
}
