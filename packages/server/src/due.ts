/** Timed endings: wakes when the earliest mute or ban of any room is over. */

import { nextDue } from '@parley/room';
import type { LoadedRoom } from './loaded-room.ts';
import type { Log } from './log.ts';
import type { Rooms } from './rooms.ts';
import type { Runtime } from './runtime.ts';

/** Timers of a platform end at about 24 days; nothing is late by more than this. */
const longestMs = 3_600_000;
const retryMs = 1_000;

export class Due {
  readonly #at = new Map<string, number>();
  readonly #runtime: Runtime;
  readonly #log: Log;
  #rooms: Pick<Rooms, 'runDue' | 'load'> | undefined;
  #cancel: (() => void) | undefined;

  constructor(runtime: Runtime, log: Log) {
    this.#runtime = runtime;
    this.#log = log;
  }

  start(rooms: Pick<Rooms, 'runDue' | 'load'>): void {
    this.#rooms = rooms;
    this.#arm();
  }

  /** What the database knows: of earlier runs, and of other nodes that may be gone. */
  learn(known: readonly { id: string; at: number }[]): void {
    for (const { id, at } of known) this.#at.set(id, at);
    this.#arm();
  }

  changed(room: LoadedRoom): void {
    const at = nextDue(room.state);
    if (at === undefined) this.#at.delete(room.id);
    else this.#at.set(room.id, at);
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#rooms = undefined;
  }

  #arm(): void {
    this.#cancel?.();
    if (!this.#rooms || this.#at.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const at of this.#at.values()) if (at < first) first = at;
    const waitMs = Math.min(longestMs, Math.max(0, first - this.#runtime.now()));
    this.#cancel = this.#runtime.setTimer(() => void this.#run(), waitMs);
  }

  async #run(): Promise<void> {
    const now = this.#runtime.now();
    for (const [id, at] of [...this.#at]) {
      const rooms = this.#rooms;
      if (at > now || !rooms) continue;
      try {
        await rooms.runDue(id);
        const room = await rooms.load(id);
        const next = nextDue(room.state);
        if (next === undefined) this.#at.delete(id);
        else this.#at.set(id, next);
      } catch (error) {
        if (!this.#rooms) return;
        this.#log.warn({ error, room: id }, 'timed ending failed; trying again');
        this.#at.set(id, now + retryMs);
      }
    }
    this.#arm();
  }
}
