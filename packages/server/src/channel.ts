/**
 * Ephemeral channels on this server: who listens on which connection, and what is said. It lives in memory alone, for as
 * long as somebody here listens: no table, no log line and no file ever holds a channel's name or a word said in it.
 */
import {
  type ChannelPerson,
  type ChannelReach,
  type ChannelWords,
  type Payload,
  Refusal,
  type Reply,
  type ServerEvent,
  serverOf,
  limits as sizes,
} from '@parley/protocol';
import { Buckets } from './bucket.ts';
import { ChannelLinks, type ChannelLinksOptions } from './channel-links.ts';
import type { Hub } from './hub.ts';
import type { Limits } from './limits.ts';
import { Lru } from './lru.ts';
import { shortId } from './people.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './session.ts';
import type { PersonRecord } from './store/user.ts';

export interface ChannelsOptions extends Pick<ChannelLinksOptions, 'peers' | 'crypto' | 'id' | 'network'> {
  readonly hub: Hub;
  readonly runtime: Runtime;
  readonly limits: Limits;
}

interface Heard extends ChannelPerson {
  run: string;
  seq: number;
}

/** A channel to which somebody here listens. */
interface Listened {
  readonly sessions: Set<Session>;
  /** Who spoke since then. */
  readonly heard: Lru<string, Heard>;
  /** Of what tells them of another reach. */
  cancel: (() => void) | undefined;
}

/** A change of reach is told no more often. */
const tellMs = 1_000;
/** So much of what is said in a channel in a second may be said at once. */
const burst = 10;

/** Where the fan-out carries a channel: no room's id begins like this. */
const topicOf = (channel: string): string => `~${channel}`;

export class Channels {
  readonly links: ChannelLinks;
  readonly #options: ChannelsOptions;
  readonly #listened = new Map<string, Listened>();
  readonly #bySession = new Map<Session, Set<string>>();
  /** The last number of each sender of this server in a channel, and the run that it counts in. */
  readonly #counted: Lru<string, { run: Uint8Array; seq: number }>;
  readonly #rate: Buckets;

  constructor(options: ChannelsOptions) {
    const { hub, limits, runtime } = options;
    this.#options = options;
    this.#counted = new Lru(limits.channelSenders);
    this.#rate = new Buckets({
      burst: burst * limits.channelWordsPerSecond,
      perMinute: 60 * limits.channelWordsPerSecond,
      maxKeys: limits.channelSenders,
      elapsed: runtime.elapsed,
    });
    this.links = new ChannelLinks({
      ...options,
      here: this.#listened,
      heard: (said) => this.#heard(said),
      reached: (channel) => this.#reachChanged(channel),
    });
    hub.whenOut((session) => this.#out(session));
  }

  /** Channels to which somebody here listens. */
  get count(): number {
    return this.#listened.size;
  }

  /** Refuses with `too-many`. */
  join(session: Session, channel: string): ChannelReach {
    const own = this.#bySession.get(session) ?? new Set();
    if (!own.has(channel)) {
      this.#makeRoom(session, channel);
      if (!this.#options.hub.listen(session, topicOf(channel))) throw new Refusal('going-away');
      this.#bySession.set(session, own.add(channel));
      const listened = this.#listened.get(channel);
      if (listened) listened.sessions.add(session);
      else this.#open(channel, session);
      this.#reachChanged(channel);
    }
    return this.reach(channel);
  }

  leave(session: Session, channel: string): void {
    const own = this.#bySession.get(session);
    if (!own?.delete(channel)) return;
    if (own.size === 0) this.#bySession.delete(session);
    this.#options.hub.unlisten(session, topicOf(channel));
    const listened = this.#listened.get(channel);
    listened?.sessions.delete(session);
    if (!listened || listened.sessions.size > 0) {
      this.#reachChanged(channel);
      return;
    }
    listened.cancel?.();
    this.#listened.delete(channel);
    this.links.changed(channel);
  }

  /** Says it to all who listen. Refuses with `too-fast`. */
  say(person: PersonRecord, { name, clientId, text, action }: Payload<'channel.send'>): Reply<'channel.send'> {
    const taken = this.#rate.take(name);
    if (!taken.ok) throw new Refusal('too-fast', { retryAfterMs: taken.retryAfterMs });
    const { runtime } = this.#options;
    const { id: user } = person;
    const key = `${name} ${user}`;
    const counted = this.#counted.get(key) ?? { run: runtime.randomBytes(8), seq: 0 };
    this.#counted.set(key, counted);
    const seq = ++counted.seq;
    const { run } = counted;
    const at = runtime.now();
    const by = person.display ?? person.name;
    const said = { user, by, run, seq, at, text, ...(action ? { action } : {}) };
    this.#note({ ...said, channel: name });
    this.#tell(name, { event: 'channel.said', payload: { name, ...said, clientId } });
    this.links.say({ ...said, channel: name });
    return { run, seq, at, reach: this.reach(name) };
  }

  reach(channel: string): ChannelReach {
    return { here: this.#listened.get(channel)?.sessions.size ?? 0, servers: this.links.reach(channel) };
  }

  /** Who listens here, then who was heard from elsewhere, each the latest first. */
  people(channel: string): ChannelPerson[] {
    const listened = this.#listened.get(channel);
    if (!listened) return [];
    const people = new Map<string, ChannelPerson>();
    for (const { who } of listened.sessions) {
      if (!who) continue;
      const { id: user, name, display } = who.person;
      people.set(user, { user, name: display ?? name, here: true });
    }
    for (const { run: _, seq: __, ...person } of listened.heard.values())
      people.set(person.user, { ...person, here: people.has(person.user) });
    const byTime = (a: ChannelPerson, b: ChannelPerson) =>
      Number(b.here) - Number(a.here) || (b.heardAt ?? 0) - (a.heardAt ?? 0);
    return [...people.values()].sort(byTime).slice(0, sizes.channelPeople);
  }

  close(): void {
    for (const { cancel } of this.#listened.values()) cancel?.();
    this.links.close();
  }

  #open(channel: string, session: Session): void {
    const heard = new Lru<string, Heard>(sizes.channelPeople);
    this.#listened.set(channel, { sessions: new Set([session]), heard, cancel: undefined });
    this.links.changed(channel);
  }

  #makeRoom(session: Session, channel: string): void {
    const { hub, limits } = this.#options;
    const { id, kind } = session.me.person;
    let own = 0;
    for (const each of hub.of(id)) own += this.#bySession.get(each)?.size ?? 0;
    if (own >= (kind === 'guest' ? limits.channelsPerGuest : limits.channelsPerAccount)) throw new Refusal('too-many');
    if (!this.#listened.has(channel) && this.#listened.size >= limits.channels) throw new Refusal('too-many');
  }

  #out(session: Session): void {
    for (const channel of [...(this.#bySession.get(session) ?? [])]) this.leave(session, channel);
  }

  #heard(said: ChannelWords): void {
    const { channel, id: _, ...rest } = said;
    const server = shortId(serverOf(said.user));
    const missed = this.#note(said, server);
    const whose = { name: channel, user: said.user, by: said.by, server };
    if (missed > 0) this.#tell(channel, { event: 'channel.gap', payload: { ...whose, missed } });
    this.#tell(channel, { event: 'channel.said', payload: { ...rest, ...whose } });
  }

  /** Returns how much of the sender was missed since somebody here listens. */
  #note({ channel, user, by, run, seq }: Omit<ChannelWords, 'id'>, server?: string): number {
    const listened = this.#listened.get(channel);
    if (!listened) return 0;
    const before = listened.heard.get(user);
    const now = { run: run.toHex(), seq };
    const heardAt = this.#options.runtime.now();
    const label = server === undefined ? {} : { server };
    listened.heard.set(user, { user, name: by, ...label, here: false, heardAt, ...now });
    if (!before) return 0;
    return now.run === before.run ? seq - before.seq - 1 : seq - 1;
  }

  #tell(channel: string, event: ServerEvent): void {
    if (this.#listened.has(channel)) this.#options.hub.signal(topicOf(channel), event);
  }

  #reachChanged(channel: string): void {
    const listened = this.#listened.get(channel);
    if (!listened || listened.cancel) return;
    listened.cancel = this.#options.runtime.setTimer(() => {
      listened.cancel = undefined;
      // Also when it is as it was: some may have been told of what was in between, by an answer.
      this.#tell(channel, { event: 'channel.changed', payload: { name: channel, reach: this.reach(channel) } });
    }, tellMs);
  }
}
