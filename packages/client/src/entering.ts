/** Ways into rooms: finding one by what a person typed, joining it, making one. */
import {
  check,
  errors,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type RoomSync,
  type RoomView,
  userId,
} from '@parley/protocol';
import { readRoom } from './address.ts';
import type { Room, Runtime } from './api.ts';
import { newClientId } from './client-id.ts';
import type { Asking } from './connection.ts';
import { wantedRooms } from './limits.ts';
import { findAnybody } from './person.ts';
import type { Rooms } from './rooms.ts';
import type { Servers } from './server.ts';

type Details = Omit<Payload<'room.create'>, 'clientId'>;

export interface EnteringPort {
  readonly runtime: Runtime;
  readonly rooms: Rooms;
  readonly servers: Servers;
  request<N extends RequestName>(name: N, payload: Payload<N>, asking?: Asking<N>): Promise<Reply<N>>;
  /** The same, and learns the names of servers from the answer. */
  asks<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>>;
}

export class Entering {
  readonly #port: EnteringPort;
  /** Rooms that were asked for without an answer yet: what was wanted, and the act's clientId. */
  readonly #wanted = new Map<string, string>();

  constructor(port: EnteringPort) {
    this.#port = port;
  }

  /** A room that one may know of. Refuses with `not-found`. */
  async resolve(typed: string): Promise<RoomView> {
    const held = this.#port.rooms.get(typed)?.summary.get().view ?? this.#port.rooms.invitation(typed);
    if (held) return held;
    const address = readRoom(typed);
    if (!address) throw new Refusal('not-found');
    if ('id' in address) return (await this.#port.asks('room.get', { room: address.id })).room;
    return (await this.#port.asks('room.resolve', { alias: address.alias, ...this.#at(address.server) })).room;
  }

  async join(name: string, server?: string): Promise<Room> {
    const typed = server === undefined ? name : `${name}:${server}`;
    const held = this.#port.rooms.get(typed);
    if (held) return held;
    const asked = typed.startsWith('@') ? this.#port.rooms.invitation(typed) : undefined;
    const address = asked ? { id: asked.id } : readRoom(typed);
    if (!address) throw new Refusal('not-found');
    const view = 'id' in address ? (asked ?? this.#port.rooms.invitation(typed)) : await this.resolve(typed);
    const room = 'id' in address ? address.id : (view?.id ?? '');
    const at = this.#at(address.server ?? view?.server);
    return (
      this.#port.rooms.get(room) ?? this.#added('room.join', { room, clientId: newClientId(this.#port.runtime), ...at })
    );
  }

  async create(details: Details): Promise<Room> {
    const wanted = JSON.stringify(details);
    const clientId = this.#wanted.get(wanted) ?? newClientId(this.#port.runtime);
    this.#wanted.set(wanted, clientId);
    if (this.#wanted.size > wantedRooms) this.#wanted.delete(this.#wanted.keys().next().value!);
    let isOpen = false;
    try {
      return await this.#added('room.create', { ...details, clientId });
    } catch (error) {
      isOpen = !(error instanceof Refusal) || errors[error.code].retry;
      throw error;
    } finally {
      if (!isOpen) this.#wanted.delete(wanted);
    }
  }

  /** The conversation with somebody. One that is held can be written in without a connection. */
  async direct(typed: string): Promise<Room> {
    const { rooms } = this.#port;
    const held = check(userId, typed).ok
      ? rooms.directWith(typed)
      : rooms.get(typed.startsWith('@') ? typed : `@${typed}`);
    const { direct } = held?.summary.get().view ?? {};
    if (held && direct && direct.membership !== 'none') return held;
    const user = direct?.person.id ?? (await findAnybody(this.#port, typed));
    return this.#added('direct.open', { user });
  }

  /** The server of a request, where it is not one's own. */
  #at(typed: string | undefined): { server?: string } {
    const server = typed === undefined ? undefined : this.#port.servers.elsewhere(typed);
    return server === undefined ? {} : { server };
  }

  /** The room is there before the first event that follows the reply. */
  async #added<N extends 'room.join' | 'room.create' | 'direct.open'>(name: N, payload: Payload<N>): Promise<Room> {
    const taken = ({ sync }: { sync: RoomSync }) => this.#port.rooms.add(sync);
    const { sync } = await this.#port.request<'room.join' | 'room.create' | 'direct.open'>(name, payload, { taken });
    return this.#port.rooms.get(sync.room.id) ?? this.#port.rooms.add(sync);
  }
}
