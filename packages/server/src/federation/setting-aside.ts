/** At a server that holds more of a room than its clerk: gives up what is not in the log any more. */
import { type FramePayload, Refusal, serverOf } from '@parley/protocol';
import { setAsideFrom } from '@parley/room';
import type { Log } from '../log.ts';
import type { Rooms } from '../rooms.ts';
import type { Store } from '../store/store.ts';
import type { Taking } from './taking.ts';

/** Rooms that are taken anew at the same time; others are told again on the next link. */
const mostAtOnce = 1_000;

export interface SettingAsideOptions {
  readonly store: Pick<Store, 'entry'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly taking: Pick<Taking, 'take' | 'forget'>;
  readonly log: Log;
  readonly id: string;
  /** Hands in what waits in a room. */
  readonly pump: (room: string) => void;
  /** Told of each person for whom a room is another one than before. */
  readonly entered: (room: string, user: string) => void;
}

export class SettingAside {
  readonly #options: SettingAsideOptions;
  readonly #running = new Set<string>();

  constructor(options: SettingAsideOptions) {
    this.#options = options;
  }

  /** The clerk of a room says where its log and what is held here part. */
  hear(from: string, { room, base }: FramePayload<'reset'>): void {
    const { log } = this.#options;
    if (this.#running.has(room) || this.#running.size >= mostAtOnce) return;
    this.#running.add(room);
    void this.#run(from, room, base)
      .catch((error) => log.warn({ error, room, server: from }, 'a room that was reset waits for the next link'))
      .finally(() => this.#running.delete(room));
  }

  async #run(from: string, id: string, base: FramePayload<'reset'>['base']): Promise<void> {
    const { store, rooms, taking, log, id: here, pump, entered } = this.#options;
    const room = await rooms.load(id);
    if (room.state.clerk !== from || room.archive) return;
    const first = setAsideFrom(room.committed, await store.entry.terms(room.n), base) ?? room.committed.seq + 1;
    log.warn({ room: id, server: from, from: first }, 'a room is taken anew: its server lost the end of its log');
    const taken = await taking.take(from, id, first - 1).catch((error) => {
      if (error instanceof Refusal && error.code === 'not-found') return undefined;
      throw error;
    });
    if (!taken) return taking.forget(id);
    pump(id);
    for (const user of taken.state.members.keys()) if (serverOf(user) === here) entered(id, user);
  }
}
