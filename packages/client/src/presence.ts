/** Who of a room is here. Asked for when somebody first looks, then kept up by events. */
import type { Payload, PresenceStatus, Reply } from '@parley/protocol';
import type { Readable } from './api.ts';
import { derived } from './readable.ts';
import { watched } from './watched.ts';

export class PresenceMap {
  readonly #ask: () => Promise<Reply<'presence.list'>>;
  readonly #present = new Map<string, PresenceStatus>();
  readonly #view = derived<ReadonlyMap<string, PresenceStatus>>(() => new Map(this.#present));
  #wanted = false;
  readonly readable: Readable<ReadonlyMap<string, PresenceStatus>>;

  constructor(ask: () => Promise<Reply<'presence.list'>>) {
    this.#ask = ask;
    this.readable = watched(this.#view, () => this.#want());
  }

  changed({ user, status }: Payload<'presence.changed'>): void {
    if (!this.#wanted) return;
    if (status === 'offline') this.#present.delete(user);
    else this.#present.set(user, status);
    this.#view.touch();
  }

  /** On a new connection: what was known may be old. */
  refresh(): void {
    if (!this.#wanted) return;
    this.#ask().then(
      ({ present }) => {
        this.#present.clear();
        for (const { user, status } of present) if (status !== 'offline') this.#present.set(user, status);
        this.#view.touch();
      },
      () => {},
    );
  }

  #want(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.refresh();
  }
}
