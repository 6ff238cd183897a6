/** What other servers may ask about the rooms and people that are kept here: no more than a stranger may know. */
import { type ForeignRoom, type QuestionPayload, type QuestionReply, Refusal, serverOf } from '@parley/protocol';
import { isDenied, participants } from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Rooms } from '../rooms.ts';
import type { Store } from '../store/store.ts';
import { nameLabel, type PersonRecord } from '../store/user.ts';
import type { Clerk } from './clerk.ts';

export interface VisibleRoomsOptions {
  readonly store: Pick<Store, 'room' | 'person'>;
  readonly rooms: Pick<Rooms, 'load'>;
  readonly clerk: Pick<Clerk, 'kept'>;
  readonly id: string;
}

export class VisibleRooms {
  readonly #options: VisibleRoomsOptions;

  constructor(options: VisibleRoomsOptions) {
    this.#options = options;
  }

  /** Answers `rooms`. */
  async list({ query = '', after = '', limit }: QuestionPayload<'rooms'>): Promise<QuestionReply<'rooms'>> {
    const { store, clerk } = this.#options;
    const ids = await store.room.listed(query, after, limit + 1);
    const found = await Promise.allSettled(ids.slice(0, limit).map((id) => clerk.kept(id)));
    const rooms = found.flatMap((room) => (room.status === 'fulfilled' ? [viewOf(room.value)] : []));
    return { rooms, more: ids.length > limit };
  }

  /** Answers `room`. Refuses with `not-found` also what the asking server may not know of. */
  async room(from: string, { alias, room: id }: QuestionPayload<'room'>): Promise<QuestionReply<'room'>> {
    const { store, clerk } = this.#options;
    const found = id ?? (alias === undefined ? undefined : await store.room.byAlias(alias));
    if (found === undefined) throw new Refusal('not-found');
    const kept = clerk.kept(found, from);
    const room = await (id === undefined ? kept : kept.catch(() => this.#followed(id, from)));
    const { settings, members, invited, knocking, origins, creator, direct } = room.state;
    const two = direct === undefined ? [] : [creator, direct];
    const known = [...members.keys(), ...invited.keys(), ...knocking.keys(), ...two];
    const isKnown = known.some((user) => serverOf(user) === from);
    if (settings.joinRule === 'invite' && settings.history !== 'world' && !isKnown) throw new Refusal('not-found');
    return { room: viewOf(room), cursor: room.state.clerk === this.#options.id ? (origins.get(from) ?? null) : null };
  }

  /** Who is in a room of another server may say which one. */
  async #followed(id: string, from: string): Promise<LoadedRoom> {
    const room = await this.#options.rooms.load(id);
    const { state, archive } = room;
    if (archive || !participants(state).has(this.#options.id) || isDenied(state, from)) throw new Refusal('not-found');
    return room;
  }

  /** Answers `people`. */
  async people({ prefix, exact }: QuestionPayload<'people'>): Promise<QuestionReply<'people'>> {
    const { person } = this.#options.store;
    const one = exact ? await person.byLabel(nameLabel(prefix)) : undefined;
    const found: PersonRecord[] = exact ? (one ? [one] : []) : await person.find(prefix, 20);
    const own = found.filter(({ id, erased }) => serverOf(id) === this.#options.id && !erased);
    return {
      people: own.map(({ id, name, display, kind }) => {
        return { user: id, name, ...(display === null ? {} : { display }), ...(kind === 'person' ? {} : { kind }) };
      }),
    };
  }
}

export function viewOf({ id, state, alias, title, topic, committed }: LoadedRoom): ForeignRoom {
  const { clerk, settings, members, createdAt, direct } = state;
  return {
    id,
    clerk,
    ...(alias === null ? {} : { alias }),
    title,
    topic,
    head: committed,
    joinRule: settings.joinRule,
    history: settings.history,
    members: members.size,
    createdAt,
    ...(direct === undefined ? {} : { direct: true }),
  };
}
