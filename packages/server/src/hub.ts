/** Who is connected to this node: sessions by account, what they follow, and how events reach them. */
import type { ServerEvent } from '@parley/protocol';
import type { Bus, Topics } from './bus/bus.ts';
import { encodeAll, type Fanout } from './fanout.ts';
import type { Session } from './session.ts';
import type { PersonRecord } from './store/user.ts';

export class Hub {
  readonly #fanout: Fanout;
  readonly #bus: Bus;
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #all = new Set<Session>();
  readonly #followers = new Map<string, Set<Session>>();
  readonly #whenOut: ((session: Session) => void)[] = [];
  #whenLeft: (person: PersonRecord, rooms: readonly string[]) => void = () => {};

  constructor(fanout: Fanout, bus: Bus) {
    this.#fanout = fanout;
    this.#bus = bus;
    bus.subscribe('account', ({ user, events, except }) => this.#tell(user, events, except));
    bus.subscribe('everybody', ({ events }) => this.#tellEverybody(events));
    bus.subscribe('end', (told) => this.#end(told));
    bus.subscribe('room', ({ room, events }) => this.#fanout.publish(room, events));
  }

  get all(): ReadonlySet<Session> {
    return this.#all;
  }

  connected(session: Session): void {
    this.#all.add(session);
  }

  /** Told of a person whose connection has signed out or ended, with the rooms that it followed. */
  whenLeft(listener: (person: PersonRecord, rooms: readonly string[]) => void): void {
    this.#whenLeft = listener;
  }

  /** Told of every connection that signs out or ends, while it is still known who was there. */
  whenOut(listener: (session: Session) => void): void {
    this.#whenOut.push(listener);
  }

  /** Who signs in while the connection closes is not there. */
  signedIn(session: Session): void {
    if (!this.#all.has(session)) return;
    const user = session.me.person.id;
    const sessions = this.#byUser.get(user);
    if (sessions) sessions.add(session);
    else this.#byUser.set(user, new Set([session]));
  }

  /** Nothing of the person is left on the connection: a request that is under way finds nobody signed in. */
  signedOut(session: Session): void {
    const { who } = session;
    for (const out of this.#whenOut) out(session);
    const rooms = [...session.following];
    for (const room of rooms) this.unfollow(session, room);
    session.who = undefined;
    session.watching.clear();
    if (!who) return;
    const { person } = who;
    const sessions = this.#byUser.get(person.id);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byUser.delete(person.id);
    this.#whenLeft(person, rooms);
  }

  disconnected(session: Session): void {
    this.#all.delete(session);
    session.reader.close();
    this.signedOut(session);
  }

  /** The connections of an account on this node. */
  of(user: string): readonly Session[] {
    return [...(this.#byUser.get(user) ?? [])];
  }

  follow(session: Session, room: string): void {
    if (session.following.has(room) || !this.#all.has(session)) return;
    session.following.add(room);
    this.#fanout.add(room, session.reader);
    const followers = this.#followers.get(room);
    if (followers) followers.add(session);
    else this.#followers.set(room, new Set([session]));
  }

  unfollow(session: Session, room: string): void {
    if (!session.following.delete(room)) return;
    this.#fanout.remove(room, session.reader);
    const followers = this.#followers.get(room);
    followers?.delete(session);
    if (followers?.size === 0) this.#followers.delete(room);
  }

  /** Has a connection told what is signalled under a name; unlike with a room, nobody hears that it listens. */
  listen(session: Session, name: string): boolean {
    if (!this.#all.has(session)) return false;
    this.#fanout.add(name, session.reader);
    return true;
  }

  unlisten(session: Session, name: string): void {
    this.#fanout.remove(name, session.reader);
  }

  /** How far apart the batches of a room should be, by how many follow it here. */
  restMs(room: string): number {
    return this.#fanout.restMs(room);
  }

  /** Rooms that connections of this node follow. */
  followed(): string[] {
    return [...this.#followers.keys()];
  }

  /** Connections of this node that follow a room. */
  followers(room: string): readonly Session[] {
    return [...(this.#followers.get(room) ?? [])];
  }

  /** Tells every connection of an account. */
  tell(user: string, events: readonly ServerEvent[], except?: Session): void {
    this.#bus.publish('account', { user, events, ...(except ? { except: except.id } : {}) });
  }

  /** Tells everybody who is signed in. */
  tellEverybody(events: readonly ServerEvent[]): void {
    this.#bus.publish('everybody', { events });
  }

  /** Tells everybody who follows a room; nothing of it is kept. */
  signal(room: string, event: ServerEvent): void {
    this.#bus.publish('room', { room, events: [event] });
  }

  /** Ends sessions of an account wherever they are connected, but for one session or connection. */
  end(user: string, sessions: readonly string[] | 'all', except: { session?: string; connection?: string } = {}): void {
    this.#bus.publish('end', { user, sessions, ...except });
  }

  #tell(user: string, events: readonly ServerEvent[], except: string | undefined): void {
    for (const session of this.of(user)) {
      if (session.id === except) continue;
      session.reader.deliver(encodeAll(session.link.encoding, session.link.framing, events));
    }
  }

  /** Encoded once for each sort of connection. */
  #tellEverybody(events: readonly ServerEvent[]): void {
    const encoded = new Map<string, Uint8Array>();
    for (const { who, reader, link } of this.#all) {
      if (!who) continue;
      const bytes = encoded.get(reader.shape) ?? encodeAll(link.encoding, link.framing, events);
      encoded.set(reader.shape, bytes);
      reader.deliver(bytes);
    }
  }

  #end({ user, sessions, session: kept, connection }: Topics['end']): void {
    for (const session of this.of(user)) {
      const id = session.me.session;
      if (id === kept || session.id === connection || (sessions !== 'all' && !sessions.includes(id))) continue;
      this.signedOut(session);
      session.end('session-ended');
    }
  }
}
