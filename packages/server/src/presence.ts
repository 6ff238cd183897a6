/**
 * Who is here: the most awake of an account's connections, and of people of other servers what their server says. Tells
 * a room when that changes, not more.
 */
import { type PresenceStatus, serverOf } from '@parley/protocol';
import type { Hub } from './hub.ts';
import type { PersonRecord } from './store/user.ts';

interface Present {
  status: PresenceStatus;
  devices: number;
}

const gone: Present = { status: 'offline', devices: 0 };

/** People of one server that are known to be there. */
const perServer = 10_000;

type Changed = (user: string, status: PresenceStatus, rooms: readonly string[]) => void;

export class Presence {
  readonly #hub: Hub;
  readonly #last = new Map<string, Present>();
  /** By server: its people who are not away altogether. */
  readonly #elsewhere = new Map<string, Map<string, PresenceStatus>>();
  #changed: Changed = () => {};

  constructor(hub: Hub) {
    this.#hub = hub;
    hub.whenLeft((person, rooms) => this.changed(person, rooms));
  }

  /** Told when somebody of this server comes, goes or falls asleep, with the rooms that are concerned. */
  listen(changed: Changed): void {
    this.#changed = changed;
  }

  of(user: string): Present {
    const elsewhere = this.#elsewhere.get(serverOf(user));
    if (elsewhere) return { status: elsewhere.get(user) ?? 'offline', devices: elsewhere.has(user) ? 1 : 0 };
    const sessions = this.#hub.of(user).filter(({ me }) => me.privacy.presence);
    const devices = new Set(sessions.map((session) => session.me.session)).size;
    const status =
      devices === 0 ? 'offline' : sessions.some(({ presence }) => presence === 'online') ? 'online' : 'away';
    return { status, devices };
  }

  /** Call after any connection of a person came, went or changed; tells the rooms that it follows or followed. */
  changed({ id, name }: Pick<PersonRecord, 'id' | 'name'>, rooms: Iterable<string>): void {
    const now = this.of(id);
    // Nobody hears of somebody who comes and goes unseen.
    const before = this.#last.get(id) ?? gone;
    if (before.status === now.status && before.devices === now.devices) return;
    if (now.status === 'offline') this.#last.delete(id);
    else this.#last.set(id, now);
    const concerned = [...rooms];
    for (const room of concerned) this.announce(room, id, name);
    this.#changed(id, now.status, concerned);
  }

  /** What another server says of one of its people. */
  heard({ id, name }: Pick<PersonRecord, 'id' | 'name'>, status: PresenceStatus, rooms: Iterable<string>): void {
    const server = serverOf(id);
    const known = this.#elsewhere.get(server) ?? new Map<string, PresenceStatus>();
    if ((known.get(id) ?? 'offline') === status || (known.size >= perServer && !known.has(id))) return;
    if (status === 'offline') known.delete(id);
    else known.set(id, status);
    this.#elsewhere.set(server, known);
    for (const room of rooms) this.announce(room, id, name);
  }

  /** Nothing is known any more of a server's people. */
  forgetServer(server: string): void {
    this.#elsewhere.get(server)?.clear();
  }

  /** People of other servers who are there, of these. */
  elsewhere(users: Iterable<string>): string[] {
    return [...users].filter((user) => this.#elsewhere.get(serverOf(user))?.has(user));
  }

  /** Tells one room how somebody stands. */
  announce(room: string, user: string, name: string): void {
    this.#hub.signal(room, { event: 'presence.changed', payload: { room, user, name, ...this.of(user) } });
  }
}
