/** Parts of the federation that want to know when a server is linked, or no longer. */
import type { Log } from '../log.ts';

export class LinkListeners {
  readonly #log: Log;
  readonly #listeners: ((server: string) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (server: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Tells all of them; what one of them throws is logged. */
  tell(server: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(server);
      } catch (error) {
        this.#log.error({ error, server }, 'a part of the federation failed');
      }
    }
  }
}
