/**
 * Who types and who is here, across servers: told by a person's own server to those that share a room with them, never
 * stored, and believed only of people of the server that tells it, in rooms in which they are.
 */
import { type FramePayload, type MemberChange, type PresenceStatus, serverOf } from '@parley/protocol';
import { isDenied, isMuted, participants } from '@parley/room';
import type { Written } from '../append.ts';
import { actOf, subjectOf } from '../entry-view.ts';
import type { Hub } from '../hub.ts';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Log } from '../log.ts';
import type { People } from '../people.ts';
import type { Presence } from '../presence.ts';
import type { Rooms } from '../rooms.ts';
import type { Peers } from './peers.ts';
import { isIn, sharing } from './sharing.ts';

/** A server says it again every few seconds while it is true. */
const typingExpiresMs = 6_000;
const perFrame = 1_000;

export interface SignalsOptions {
  readonly rooms: Pick<Rooms, 'peek' | 'load'>;
  readonly peers: Pick<Peers, 'send' | 'linked'>;
  readonly people: People;
  readonly hub: Hub;
  readonly presence: Presence;
  readonly log: Log;
  readonly id: string;
}

const signal = { priority: 'control' } as const;

export class Signals {
  readonly #options: SignalsOptions;

  constructor(options: SignalsOptions) {
    this.#options = options;
    options.presence.listen((user, status, rooms) => this.#presence(user, status, rooms));
  }

  /** Somebody of this server types, or does not any more. */
  typing(room: string, user: string, active: boolean): void {
    for (const server of sharing(this.#options, [room]))
      this.#options.peers.send(server, 'typing', { room, user, active }, { ...signal, flow: room });
  }

  /** A server is linked: it learns who of this one is here. */
  linked(server: string): void {
    const { hub, presence, peers, rooms } = this.#options;
    const here = new Map<string, PresenceStatus>();
    for (const session of hub.all) {
      const user = session.who?.person.id;
      if (user === undefined || here.has(user) || here.size >= perFrame) continue;
      const { status } = presence.of(user);
      const shares = status !== 'offline' && [...session.following].some((id) => isIn(rooms.peek(id), server));
      if (shares) here.set(user, status);
    }
    const people = [...here].map(([user, status]) => ({ user, status }));
    peers.send(server, 'presence', { people, isReset: true }, signal);
  }

  /** Entries of a room are on disk: whoever came in and those who are there learn how the others stand. */
  committed(room: LoadedRoom, written: readonly Written[]): void {
    if (participants(room.state).size < 2) return;
    const came = new Map<string, number>();
    for (const { header } of written) {
      const act = actOf(header);
      const user = act?.kind === 'member' ? subjectOf(act.data) : undefined;
      if (user === undefined || (act!.data as { change: MemberChange }).change !== 'join') continue;
      this.joined(room.id, user);
      const server = serverOf(user);
      if (server !== this.#options.id) came.set(server, (came.get(server) ?? 0) + 1);
    }
    // A server that had people there before has heard of all.
    for (const [server, count] of came) if (participants(room.state).get(server) === count) this.#tell(room, server);
  }

  /** Somebody came into a room. */
  joined(id: string, user: string): void {
    const { presence, people, log } = this.#options;
    const { status } = presence.of(user);
    if (status === 'offline') return;
    this.#presence(user, status, [id]);
    people.one(user).then(
      (person) => person && presence.announce(id, user, person.name),
      (error) => log.warn({ error, room: id }, 'who is here could not be told'),
    );
  }

  /** A server learns who of this one is here in a room. */
  #tell({ id }: LoadedRoom, server: string): void {
    const { hub, presence, peers } = this.#options;
    const here = new Map<string, PresenceStatus>();
    for (const session of hub.followers(id)) {
      const user = session.who?.person.id;
      if (user === undefined || here.has(user) || here.size >= perFrame) continue;
      const { status } = presence.of(user);
      if (status !== 'offline') here.set(user, status);
    }
    const told = [...here].map(([user, status]) => ({ user, status }));
    if (told.length > 0) peers.send(server, 'presence', { people: told }, signal);
  }

  /** Nobody knows any more who is there. */
  lost(server: string): void {
    this.#options.presence.forgetServer(server);
  }

  async heardTyping(from: string, { room: id, user, active }: FramePayload<'typing'>): Promise<void> {
    const { rooms, people, hub } = this.#options;
    const room = rooms.peek(id);
    if (
      !room ||
      isDenied(room.state, from) ||
      serverOf(user) !== from ||
      !room.state.members.has(user) ||
      isMuted(room.state, user)
    )
      return;
    const person = await people.one(user);
    if (!person) return;
    const expiresMs = active ? typingExpiresMs : 0;
    const name = person.display ?? person.name;
    hub.signal(id, { event: 'typing.changed', payload: { room: id, user, name, typing: active, expiresMs } });
  }

  async heardPresence(from: string, { people: told, isReset }: FramePayload<'presence'>): Promise<void> {
    const { people, presence } = this.#options;
    if (isReset) presence.forgetServer(from);
    const own = told.filter(({ user }) => serverOf(user) === from);
    const known = await people.all(own.map(({ user }) => user));
    for (const { user, status } of own) {
      const person = known.get(user);
      // Who comes into a room is told of those there before the room is here.
      presence.heard(person ?? { id: user, name: '' }, status, person ? this.#roomsWith(user) : []);
    }
  }

  #presence(user: string, status: PresenceStatus, rooms: readonly string[]): void {
    if (serverOf(user) !== this.#options.id) return;
    for (const server of sharing(this.#options, rooms))
      this.#options.peers.send(server, 'presence', { people: [{ user, status }] }, signal);
  }

  /** Rooms that somebody here follows in which a person is. */
  #roomsWith(user: string): string[] {
    const { hub, rooms } = this.#options;
    return hub.followed().filter((id) => isHeard(rooms.peek(id), user));
  }
}

/** Whether what is told of somebody counts in a room. */
const isHeard = (room: LoadedRoom | undefined, user: string): boolean =>
  room?.state.members.has(user) === true && !isDenied(room.state, serverOf(user));
