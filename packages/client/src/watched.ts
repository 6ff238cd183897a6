/** A value that is fetched when somebody first looks at it. */
import type { Readable } from './api.ts';

/** The same value; `look` is called before each reading and each subscription. */
export function watched<T>(view: Readable<T>, look: () => void): Readable<T> {
  return {
    get() {
      look();
      return view.get();
    },
    subscribe(listener) {
      look();
      return view.subscribe(listener);
    },
    values(signal) {
      look();
      return view.values(signal);
    },
  };
}
