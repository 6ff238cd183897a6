/**
 * Ephemeral channels: what was heard since one joined, in memory alone. Nothing of it goes into the store or the outbox:
 * what cannot be said at once is not said, and what came while there was no connection is a gap.
 */
import {
  type ChannelPerson,
  type ChannelReach,
  errors,
  normalizeChannel,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
} from '@parley/protocol';
import type { Channel, ChannelLine, ChannelSaid, Readable, Runtime } from './api.ts';
import { newClientId } from './client-id.ts';
import type { Asking } from './connection.ts';
import { queued } from './event-queue.ts';
import { channelLines, queuedEvents } from './limits.ts';
import { type Value, value } from './readable.ts';
import { unhurried } from './wait.ts';

export interface ChannelsPort {
  readonly runtime: Runtime;
  request<N extends RequestName>(name: N, payload: Payload<N>, asking?: Asking<N>): Promise<Reply<N>>;
  me(): { user: string; name: string; display?: string } | undefined;
  /** What to call the server of a person; undefined for one's own. */
  labelOf(user: string, told: string | undefined): string | undefined;
}

const nowhere: ChannelReach = { here: 0, servers: [] };

class ClientChannel implements Channel {
  readonly name: string;
  readonly #port: ChannelsPort;
  readonly #left: () => void;
  readonly #lines = value<readonly ChannelLine[]>([]);
  readonly #reach: Value<ChannelReach> = value(nowhere);
  readonly #listeners = new Set<(line: ChannelLine) => void>();
  #last = 0;

  constructor(name: string, port: ChannelsPort, left: () => void) {
    this.name = name;
    this.#port = port;
    this.#left = left;
  }

  get lines(): Readable<readonly ChannelLine[]> {
    return this.#lines;
  }

  get reach(): Readable<ChannelReach> {
    return this.#reach;
  }

  /** Listens on a new connection. `wasAway`: it did so before, and nobody knows what was said meanwhile. */
  async join(wasAway: boolean): Promise<void> {
    const { reach } = await this.#port.request('channel.join', { name: this.name });
    this.#reach.set(reach);
    if (wasAway) this.#add({ type: 'gap', key: this.#key(), at: this.#now(), missed: undefined, from: undefined });
  }

  disconnected(): void {
    this.#reach.set(nowhere);
  }

  async send(text: string, { action = false }: { action?: boolean } = {}): Promise<void> {
    const { runtime, request, me } = this.#port;
    const own = me();
    if (!own) throw new Refusal('not-signed-in');
    const clientId = newClientId(runtime);
    const { user, name, display } = own;
    const line = {
      type: 'said',
      key: clientId,
      user,
      name: display ?? name,
      server: undefined,
      at: runtime.now(),
    } as const;
    this.#add({ ...line, text, action, mine: true, state: 'sending', code: undefined }, false);
    try {
      const more = action ? { action } : {};
      const { at, reach } = await request('channel.send', { name: this.name, clientId, text, ...more });
      this.#reach.set(reach);
      this.#change(clientId, (said) => (said.state === 'sending' ? { ...said, state: 'sent', at } : said));
    } catch (error) {
      const code = error instanceof Refusal ? error.code : 'internal';
      this.#change(clientId, (said) => (said.state === 'sending' ? { ...said, state: 'failed', code } : said));
      throw error;
    }
  }

  discard(key: string): void {
    const lines = this.#lines.get();
    const kept = lines.filter((line) => line.key !== key || line.type !== 'said' || line.state !== 'failed');
    if (kept.length < lines.length) this.#lines.set(kept);
  }

  async people(): Promise<ChannelPerson[]> {
    const { people, reach } = await this.#port.request('channel.list', { name: this.name });
    this.#reach.set(reach);
    return people;
  }

  heard(signal?: AbortSignal): AsyncIterable<ChannelLine> {
    const listen = (take: (line: ChannelLine) => void) => {
      this.#listeners.add(take);
      return () => this.#listeners.delete(take);
    };
    return queued(listen, queuedEvents, signal);
  }

  async leave(): Promise<void> {
    this.#left();
    await this.#port.request('channel.leave', { name: this.name });
  }

  said(payload: Payload<'channel.said'>): void {
    const { user, by, at, text, action = false, clientId } = payload;
    const mine = user === this.#port.me()?.user;
    const server = this.#port.labelOf(user, payload.server);
    const line: ChannelSaid = {
      ...{ type: 'said', key: this.#key(), user, name: by, server, at, text, action, mine },
      ...{ state: 'sent', code: undefined },
    };
    const own = mine && clientId !== undefined && this.#change(clientId, () => ({ ...line, key: clientId }));
    if (own) this.#tell(own);
    else this.#add(line);
  }

  gap({ user, by, missed, server }: Payload<'channel.gap'>): void {
    const from = { user, name: by, server: this.#port.labelOf(user, server) };
    this.#add({ type: 'gap', key: this.#key(), at: this.#now(), missed, from });
  }

  changed({ reach }: Payload<'channel.changed'>): void {
    this.#reach.set(reach);
  }

  #key(): string {
    return `${++this.#last}`;
  }

  #now(): number {
    return this.#port.runtime.now();
  }

  #add(line: ChannelLine, isHeard = true): void {
    this.#lines.set([...this.#lines.get().slice(1 - channelLines), line]);
    if (isHeard) this.#tell(line);
  }

  /** What became of one's own words; undefined when they are not there any more. */
  #change(key: string, change: (line: ChannelSaid) => ChannelSaid): ChannelSaid | undefined {
    const lines = this.#lines.get();
    const before = lines.find((line) => line.key === key);
    if (before?.type !== 'said') return undefined;
    const now = change(before);
    if (now !== before) this.#lines.set(lines.map((line) => (line === before ? now : line)));
    return now;
  }

  #tell(line: ChannelLine): void {
    for (const listener of [...this.#listeners]) listener(line);
  }
}

/** The channels that one has joined. */
export class Channels {
  readonly #port: ChannelsPort;
  readonly #joined = new Map<string, ClientChannel>();
  readonly #list = value<readonly Channel[]>([]);
  #stop = new AbortController();

  constructor(port: ChannelsPort) {
    this.#port = port;
  }

  get list(): Readable<readonly Channel[]> {
    return this.#list;
  }

  /** By its name, with or without `~`. */
  get(typed: string): Channel | undefined {
    return this.#joined.get(normalizeChannel(typed));
  }

  /** Joins, unless that was done; refuses with `too-many`, `bad-request` for what is no name, `unavailable`. */
  async join(typed: string): Promise<Channel> {
    const name = normalizeChannel(typed);
    const held = this.#joined.get(name);
    if (held) return held;
    const channel = new ClientChannel(name, this.#port, () => this.#remove(name));
    // Before the answer: what is said after it may come in the same breath.
    this.#joined.set(name, channel);
    try {
      await channel.join(false);
    } catch (error) {
      this.#remove(name);
      throw error;
    }
    this.#changed();
    return channel;
  }

  /** A new connection listens as the one before did; a channel to which it may not any more is left. */
  opened(): void {
    for (const channel of this.#joined.values())
      unhurried(this.#port.runtime, () => channel.join(true), this.#stop.signal).catch((error: unknown) => {
        if (!(error instanceof Refusal) || !errors[error.code].retry) this.#remove(channel.name);
      });
  }

  disconnected(): void {
    for (const channel of this.#joined.values()) channel.disconnected();
  }

  take(event: ServerEvent): void {
    if (event.event === 'channel.said') this.#joined.get(event.payload.name)?.said(event.payload);
    else if (event.event === 'channel.gap') this.#joined.get(event.payload.name)?.gap(event.payload);
    else if (event.event === 'channel.changed') this.#joined.get(event.payload.name)?.changed(event.payload);
  }

  clear(): void {
    this.close();
    this.#stop = new AbortController();
    this.#joined.clear();
    this.#changed();
  }

  /** Ends the timers. */
  close(): void {
    this.#stop.abort(new Refusal('unavailable'));
  }

  #remove(name: string): void {
    if (this.#joined.delete(name)) this.#changed();
  }

  #changed(): void {
    this.#list.set([...this.#joined.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }
}
