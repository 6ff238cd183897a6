/** Who is connected to this node: sessions by account, what they follow, and how events reach them. */
import type { ServerEvent } from '@parley/protocol';
import type { Bus } from './bus/bus.ts';
import { encodeAll, type Fanout } from './fanout.ts';
import type { Session } from './session.ts';

export class Hub {
  readonly #fanout: Fanout;
  readonly #bus: Bus;
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #all = new Set<Session>();
  readonly #followers = new Map<string, Set<Session>>();

  constructor(fanout: Fanout, bus: Bus) {
    this.#fanout = fanout;
    this.#bus = bus;
    bus.subscribe('account', ({ user, events, except }) => this.#tell(user, events, except));
    bus.subscribe('end', ({ user, sessions, except }) => this.#end(user, sessions, except));
    bus.subscribe('room', ({ room, events }) => this.#fanout.publish(room, events));
  }

  get all(): ReadonlySet<Session> {
    return this.#all;
  }

  connected(session: Session): void {
    this.#all.add(session);
  }

  signedIn(session: Session): void {
    const user = session.me.person.id;
    const sessions = this.#byUser.get(user);
    if (sessions) sessions.add(session);
    else this.#byUser.set(user, new Set([session]));
  }

  signedOut(session: Session): void {
    for (const room of [...session.following]) this.unfollow(session, room);
    const user = session.who?.person.id;
    const sessions = user === undefined ? undefined : this.#byUser.get(user);
    sessions?.delete(session);
    if (user !== undefined && sessions?.size === 0) this.#byUser.delete(user);
  }

  disconnected(session: Session): void {
    this.signedOut(session);
    this.#all.delete(session);
  }

  /** The connections of an account on this node. */
  of(user: string): readonly Session[] {
    return [...(this.#byUser.get(user) ?? [])];
  }

  follow(session: Session, room: string): void {
    if (session.following.has(room)) return;
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

  /** Connections of this node that follow a room. */
  followers(room: string): readonly Session[] {
    return [...(this.#followers.get(room) ?? [])];
  }

  /** Tells every connection of an account. */
  tell(user: string, events: readonly ServerEvent[], except?: Session): void {
    this.#bus.publish('account', { user, events, ...(except ? { except: except.id } : {}) });
  }

  /** Tells everybody who follows a room; nothing of it is kept. */
  signal(room: string, event: ServerEvent): void {
    this.#bus.publish('room', { room, events: [event] });
  }

  /** Ends sessions of an account wherever they are connected. */
  end(user: string, sessions: readonly string[] | 'all', except?: string): void {
    this.#bus.publish('end', { user, sessions, ...(except === undefined ? {} : { except }) });
  }

  #tell(user: string, events: readonly ServerEvent[], except: string | undefined): void {
    for (const session of this.of(user)) {
      if (session.id === except) continue;
      session.reader.deliver(encodeAll(session.link.encoding, session.link.framing, events));
    }
  }

  #end(user: string, sessions: readonly string[] | 'all', except: string | undefined): void {
    for (const session of this.of(user)) {
      const id = session.me.session;
      if (id !== except && (sessions === 'all' || sessions.includes(id))) session.end('session-ended');
    }
  }
}
