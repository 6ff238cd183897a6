/** A program that takes part: it hears what is said in its rooms, in order, from where it left off, and answers. */
import { type Entry, type EntryOf, type RawEntry, Refusal, readEntry, type SignedIn } from '@parley/protocol';
import type { Client, Room, Status, Store } from '../api.ts';
import { until } from '../wait.ts';
import { type BotContext, type BotLog, contextOf } from './context.ts';
import { Cursors } from './cursor.ts';
import { type BotEvent, type BotEvents, eventOf, textOf } from './events.ts';

export interface BotOptions {
  client: Client;
  /** The client's store: where each room was left off. */
  store: Store;
  /** Of `session.issue`; not needed where the store holds a session. */
  token?: string;
  /** Rooms to join at the start, by id or `#alias`. */
  rooms?: readonly string[];
  /** Whether to join where somebody invites it. */
  acceptInvitations?: boolean;
  /** Before the name of a command, default `!`. */
  prefix?: string;
  /** Whether to hear other bots; one's own acts never are. */
  hearBots?: boolean;
  log?: BotLog;
}

export type BotHandler<E extends Entry = Entry> = (context: BotContext<E>) => unknown;
export type BotCatch = (error: unknown, context: BotContext | undefined) => unknown;

interface BotCommand {
  about: string;
  handler: BotHandler<EntryOf<'message'>>;
}

const silent: BotLog = { info() {}, error() {} };
const kindsHeld = 5_000;

export class Bot {
  readonly client: Client;
  readonly #options: BotOptions;
  readonly #log: BotLog;
  readonly #cursors: Cursors;
  readonly #handlers = new Map<BotEvent, BotHandler[]>();
  readonly #commands = new Map<string, BotCommand>();
  /** What kind of account people have, as far as it was asked for. */
  readonly #kinds = new Map<string, string>();
  readonly #rooms = new Map<string, { stop: AbortController; over: Promise<void> }>();
  #catch: BotCatch;

  constructor(options: BotOptions) {
    this.client = options.client;
    this.#options = options;
    this.#log = options.log ?? silent;
    this.#cursors = new Cursors(options.store);
    this.#catch = (error, context) => (context?.log ?? this.#log).error(error);
  }

  /** Hears one kind of event in all rooms. Handlers of one room run one after the other. */
  on<E extends BotEvent>(event: E, handler: BotHandler<BotEvents[E]>): this {
    const handlers = this.#handlers.get(event) ?? [];
    handlers.push(handler as BotHandler);
    this.#handlers.set(event, handlers);
    return this;
  }

  /** Answers `!name …`; such a message is heard by nobody else. `!help` lists all commands with what they are about. */
  command(name: string, about: string, handler: BotHandler<EntryOf<'message'>>): this {
    this.#commands.set(name.toLowerCase(), { about, handler });
    return this;
  }

  /** Takes what handlers throw, in place of the log. */
  catch(handler: BotCatch): this {
    this.#catch = handler;
    return this;
  }

  /**
   * Signs in and serves until `signal` aborts, over any number of connections; then closes the client. Rejects with a
   * Refusal when the session is refused or ended.
   */
  async start({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const over = new AbortController();
    const stop = () => over.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const unwatch = this.client.status.subscribe(() => {
      if (this.client.status.get().state === 'closed') stop();
    });
    try {
      if (signal?.aborted) return;
      await this.#enter(over.signal);
      const { name } = this.client.me.get() ?? {};
      this.#log.info('started', { name });
      for (const room of this.#options.rooms ?? []) await this.#join(room);
      if (this.#options.acceptInvitations) void this.#accept(over.signal);
      for await (const rooms of this.client.rooms.values(over.signal))
        await this.#follow(rooms.map(({ view }) => view.id));
      const status = this.client.status.get();
      if (!signal?.aborted && status.state === 'closed' && status.code) throw new Refusal(status.code);
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      unwatch();
      signal?.removeEventListener('abort', stop);
      await this.#leave([...this.#rooms.keys()]);
      await this.#cursors.written();
      await this.client.close();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    const { client } = this;
    const failed = new Promise<never>((_, reject) => client.start().catch(reject));
    const status = await Promise.race([until(client.status, isSettled, signal), failed]);
    if (status.state === 'closed') throw new Refusal(status.code ?? 'unavailable');
    if (status.state === 'online') return;
    if (this.#options.token === undefined) throw new Refusal('not-signed-in');
    await client.resume(this.#options.token);
  }

  async #accept(signal: AbortSignal): Promise<void> {
    for await (const rooms of this.client.invitations.values(signal)) for (const { id } of rooms) await this.#join(id);
  }

  /** One room that cannot be joined does not keep the bot from the others. */
  async #join(room: string): Promise<void> {
    try {
      await this.client.join(room);
    } catch (error) {
      this.#log.error(error, { room });
    }
  }

  /** Follows exactly these rooms. */
  async #follow(ids: readonly string[]): Promise<void> {
    const left = [...this.#rooms.keys()].filter((id) => !ids.includes(id));
    await this.#leave(left);
    // Who comes back begins anew.
    for (const id of left) this.#cursors.set(id, undefined);
    for (const id of ids) {
      const room = this.client.room(id);
      if (!room || this.#rooms.has(id)) continue;
      const stop = new AbortController();
      this.#rooms.set(id, { stop, over: this.#serve(room, stop.signal) });
    }
  }

  async #leave(ids: readonly string[]): Promise<void> {
    const serving = ids.flatMap((id) => this.#rooms.get(id) ?? []);
    for (const id of ids) this.#rooms.delete(id);
    for (const { stop } of serving) stop.abort();
    await Promise.all(serving.map(({ over }) => over));
  }

  async #serve(room: Room, signal: AbortSignal): Promise<void> {
    try {
      const head = room.summary.get().view.head.seq;
      const since = (await this.#cursors.get(room.id)) ?? head;
      this.#cursors.set(room.id, since);
      for await (const raw of room.entries({ since, signal })) {
        await this.#handle(room, raw, signal);
        if (!signal.aborted) this.#cursors.set(room.id, raw.seq);
      }
    } catch (error) {
      if (!signal.aborted) this.#log.error(error, { room: room.id });
    }
  }

  async #handle(room: Room, raw: RawEntry, signal: AbortSignal): Promise<void> {
    const entry = readEntry(raw);
    const event = entry && eventOf(entry);
    const me = this.client.me.get();
    if (!entry || !event || !me || entry.user === me.user) return;
    const called = entry.kind === 'message' ? this.#called(textOf(entry), me) : undefined;
    const handlers = called ? [called.command.handler as BotHandler] : (this.#handlers.get(event) ?? []);
    if (handlers.length === 0 || (!this.#options.hearBots && (await this.#isBot(entry.user)))) return;
    const parts = { client: this.client, room, entry, text: textOf(entry), rest: called?.rest ?? '', log: this.#log };
    const context = contextOf({ ...parts, signal });
    for (const handler of handlers) {
      try {
        await handler(context);
      } catch (error) {
        if (signal.aborted) return;
        await this.#caught(error, context);
      }
    }
  }

  async #caught(error: unknown, context: BotContext): Promise<void> {
    try {
      await this.#catch(error, context);
    } catch (second) {
      this.#log.error(second);
    }
  }

  /** The command that a message calls: `!name …`, or `@bot name …`. */
  #called(text: string, me: SignedIn): { command: BotCommand; rest: string } | undefined {
    const { prefix = '!' } = this.#options;
    const mention = `@${me.name} `;
    const begin = [prefix, mention].find((start) => text.toLowerCase().startsWith(start.toLowerCase()));
    if (begin === undefined) return undefined;
    const [, name = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*)$/.exec(text.slice(begin.length)) ?? [];
    const command = this.#commands.get(name.toLowerCase()) ?? (name === 'help' ? this.#help() : undefined);
    return command && { command, rest: rest.trim() };
  }

  #help(): BotCommand | undefined {
    if (this.#commands.size === 0) return undefined;
    const { prefix = '!' } = this.#options;
    const lines = [...this.#commands].map(([name, { about }]) => `\`${prefix}${name}\` – ${about}`);
    return { about: '', handler: (context) => context.reply(lines.join('\n')) };
  }

  async #isBot(user: string): Promise<boolean> {
    const held = this.#kinds.get(user);
    if (held !== undefined) return held === 'bot';
    try {
      const { people } = await this.client.request('user.get', { users: [user] });
      if (this.#kinds.size >= kindsHeld) this.#kinds.clear();
      this.#kinds.set(user, people[0]?.kind ?? 'person');
      return people[0]?.kind === 'bot';
    } catch {
      return false;
    }
  }
}

const isSettled = (status: Status): status is Status & { state: 'online' | 'anonymous' | 'closed' } =>
  status.state === 'online' || status.state === 'anonymous' || status.state === 'closed';
