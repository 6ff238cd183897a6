/** The rooms whose entries a program is sent. */
import type { Room } from '@parley/client';
import { limits } from '@parley/protocol';
import { entryJson, meetServers, namingOf, peopleOf } from '../entry-json.ts';
import type { Connected } from '../session/connect.ts';
import { viewLabel } from '../session/room.ts';
import { BadParams } from './json-rpc.ts';

/** One a room. */
const maxSubscriptions = limits.roomsPerAccount;

export class Subscriptions {
  readonly #connected: Connected;
  readonly #notify: (entry: object) => Promise<void>;
  readonly #running = new Map<string, AbortController>();

  constructor(connected: Connected, notify: (entry: object) => Promise<void>) {
    this.#connected = connected;
    this.#notify = notify;
  }

  /** Begins anew where the room has a subscription already. @param since seq after which to begin; now when absent */
  add(room: Room, since: number | undefined): void {
    this.remove(room.id);
    if (this.#running.size >= maxSubscriptions) throw new BadParams('too many subscriptions');
    const stop = new AbortController();
    this.#running.set(room.id, stop);
    const signal = AbortSignal.any([stop.signal, this.#connected.signal]);
    this.#follow(room, since, signal).catch(() => this.remove(room.id));
  }

  /** Whether there was one. */
  remove(room: string): boolean {
    this.#running.get(room)?.abort();
    return this.#running.delete(room);
  }

  async #follow(room: Room, since: number | undefined, signal: AbortSignal): Promise<void> {
    const { client } = this.#connected;
    const naming = namingOf(this.#connected);
    for await (const entry of room.entries({ signal, ...(since !== undefined && { since }) })) {
      await meetServers(this.#connected, peopleOf(entry));
      await this.#notify(entryJson(entry, viewLabel(room.summary.get().view, client.servers), naming));
    }
  }
}
