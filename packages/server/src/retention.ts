/** Takes content away when a room's days are over. The log stays, and its chain still verifies. */
import type { Log } from './log.ts';
import type { Runtime } from './runtime.ts';
import type { KeepingRoom } from './store/room.ts';
import type { Store } from './store/store.ts';

const dayMs = 86_400_000;
/** Entries whose content goes in one write, so that others may write in between. */
const slice = 2_000;

export class Retention {
  readonly #store: Store;
  readonly #runtime: Runtime;
  readonly #log: Log;
  /** By room: nothing that is older than this is left. */
  readonly #done = new Map<number, number>();

  constructor(store: Store, runtime: Runtime, log: Log) {
    this.#store = store;
    this.#runtime = runtime;
    this.#log = log;
  }

  /** Looks into every room that keeps content for a time only. */
  async sweep(): Promise<void> {
    const rooms = await this.#store.room.keeping();
    const known = new Set(rooms.map(({ n }) => n));
    for (const n of this.#done.keys()) if (!known.has(n)) this.#done.delete(n);
    for (const room of rooms) await this.#sweep(room);
  }

  /** Looks into one room now: its days or its names are others, or older entries came. */
  changed(id: string): void {
    this.#again(id).catch((error) => this.#log.error({ error, room: id }, 'retention failed; trying again'));
  }

  async #again(id: string): Promise<void> {
    const room = await this.#store.room.keepingOf(id);
    if (!room) return;
    this.#done.delete(room.n);
    await this.#sweep(room);
  }

  async #sweep({ n, id, days }: KeepingRoom): Promise<void> {
    const { entry, room } = this.#store;
    const before = this.#runtime.now() - days * dayMs;
    const current = await room.info(n);
    let from = { at: this.#done.get(n) ?? 0, seq: 0 };
    let parts = 0;
    for (;;) {
      const old = await entry.between(n, from, before, slice);
      const last = old.at(-1);
      if (!last) break;
      parts += await entry.expire(
        n,
        old.map(({ seq }) => seq).filter((seq) => !current.includes(seq)),
      );
      from = last;
      await new Promise<void>((resolve) => this.#runtime.nextTurn(resolve));
    }
    this.#done.set(n, before);
    if (parts > 0) this.#log.info({ room: id, parts }, 'content expired');
  }
}
