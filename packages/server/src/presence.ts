/** Who is here: the most awake of an account's connections. Tells a room when that changes, not more. */
import type { PresenceStatus } from '@parley/protocol';
import type { Hub } from './hub.ts';
import type { PersonRecord } from './store/user.ts';

interface Present {
  status: PresenceStatus;
  devices: number;
}

export class Presence {
  readonly #hub: Hub;
  readonly #last = new Map<string, Present>();

  constructor(hub: Hub) {
    this.#hub = hub;
    hub.whenLeft((person, rooms) => this.changed(person, rooms));
  }

  of(user: string): Present {
    const sessions = this.#hub.of(user);
    const devices = new Set(sessions.map((session) => session.me.session)).size;
    const status =
      devices === 0 ? 'offline' : sessions.some(({ presence }) => presence === 'online') ? 'online' : 'away';
    return { status, devices };
  }

  /** Call after any connection of a person came, went or changed; tells the rooms that it follows or followed. */
  changed({ id, name }: Pick<PersonRecord, 'id' | 'name'>, rooms: Iterable<string>): void {
    const now = this.of(id);
    const before = this.#last.get(id);
    if (before && before.status === now.status && before.devices === now.devices) return;
    if (now.status === 'offline') this.#last.delete(id);
    else this.#last.set(id, now);
    for (const room of rooms) this.announce(room, id, name);
  }

  /** Tells one room how somebody stands. */
  announce(room: string, user: string, name: string): void {
    this.#hub.signal(room, { event: 'presence.changed', payload: { room, user, name, ...this.of(user) } });
  }
}
