/** Parts of the federation that want to know when a server is linked, or no longer, or has room. */
import type { Log } from '../log.ts';

export class LinkListeners<More extends unknown[] = []> {
  readonly #log: Log;
  readonly #listeners: ((server: string, ...more: More) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (server: string, ...more: More) => void): void {
    this.#listeners.push(listener);
  }

  /** Tells all of them; what one of them throws is logged. */
  tell(server: string, ...more: More): void {
    for (const listener of this.#listeners) {
      try {
        listener(server, ...more);
      } catch (error) {
        this.#log.error({ error, server }, 'a part of the federation failed');
      }
    }
  }
}
