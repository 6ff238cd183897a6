/**
 * A chat in an ephemeral channel: what is said now appears line by line, what is typed is said once or not at all.
 * Nothing of it is kept.
 */
import type { Channel, ChannelLine, Client, Room } from '@parley/client';
import { isCommand, plainText, type Result, run } from '@parley/client/command';
import { errors, Refusal } from '@parley/protocol';
import { cleanLine } from '../clean.ts';
import { dayWatch } from '../day.ts';
import { dayLine, formatChannelLine, tint } from '../format.ts';
import { withServer } from '../notice.ts';
import { completions, helpLines, localCommand } from './commands.ts';
import type { Screen } from './screen.ts';

export interface ChannelSessionOptions {
  client: Client;
  screen: Screen;
  isTerminal: boolean;
  colour: boolean;
  signal: AbortSignal;
}

/** What one may type besides the commands that need no room. */
const ownHelp = ['/leave  Listens no more.', '/me ACTION  Says what you do.'];

export class ChannelSession {
  readonly #options: ChannelSessionOptions;
  readonly #channel: Channel;
  readonly #stop = new AbortController();
  readonly #sending = new Set<Promise<void>>();
  /** Lines that were typed here stand on the screen already. */
  readonly #typed = new Set<string>();
  readonly #isNewDay = dayWatch();
  /** The first refusal of what a pipe said. */
  refused: Refusal | undefined;

  constructor(options: ChannelSessionOptions, channel: Channel) {
    this.#options = options;
    this.#channel = channel;
  }

  /** Resolves with the place to go on in, if any, when the input has ended and all of it is said. */
  async run(): Promise<Room | Channel | undefined> {
    const { client, screen, signal } = this.#options;
    const unsubscribe = [
      client.status.subscribe(() => this.#showPrompt()),
      this.#channel.reach.subscribe(() => this.#showPrompt()),
    ];
    this.#note(`~${this.#channel.name}: nothing here is stored; ${this.#reachWords()} (/help shows what can be typed)`);
    this.#showPrompt();
    const following = this.#follow();
    let next: Room | Channel | undefined;
    try {
      for await (const line of screen.lines()) {
        const then = signal.aborted ? 'quit' : await this.#take(line);
        if (then === undefined) continue;
        next = then === 'quit' ? undefined : then;
        break;
      }
      await Promise.all(this.#sending);
      return next;
    } finally {
      this.#stop.abort();
      for (const stop of unsubscribe) stop();
      await following;
    }
  }

  complete(line: string): [string[], string] {
    return completions(this.#options.client, undefined, [], line);
  }

  async #follow(): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, this.#options.signal]);
    for await (const line of this.#channel.heard(signal)) this.#show(line);
  }

  #show(line: ChannelLine): void {
    const { colour, screen, isTerminal } = this.#options;
    const isNewDay = this.#isNewDay(line.at);
    if (this.#typed.delete(line.key) && isTerminal) return;
    if (isNewDay) screen.say(dayLine(line.at, { colour }));
    screen.say(formatChannelLine(line, { colour, time: 'short' }));
  }

  async #take(line: string): Promise<'quit' | Room | Channel | undefined> {
    if (line.trim() === '') return undefined;
    const local = localCommand(line);
    if (local === 'quit') return 'quit';
    if (local === 'members') await this.#people().catch((error: unknown) => this.#problem(error));
    else if (local) this.#warn('this works in a room only');
    else if (/^\/me\s+\S/.test(line)) await this.#say(line.replace(/^\/me\s+/, ''), true);
    else if (/^\/(leave|part)\s*$/.test(line)) {
      await this.#channel.leave().catch((error: unknown) => this.#problem(error));
      return 'quit';
    } else if (isCommand(line)) return this.#done(await run(this.#options.client, undefined, line));
    else await this.#say(plainText(line), false);
    return undefined;
  }

  /** At a terminal the next line can be typed meanwhile; a pipe waits, so that its lines come in order and within limits. */
  async #say(text: string, action: boolean): Promise<void> {
    const said = this.#channel.send(text, { action }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      this.refused ??= error;
      this.#warn(`not said (${error.code}): ${text}`);
    });
    const line = this.#channel.lines.get().at(-1);
    if (line?.type === 'said' && line.state === 'sending') this.#typed.add(line.key);
    this.#sending.add(said);
    void said.finally(() => this.#sending.delete(said));
    if (!this.#options.isTerminal) await said;
  }

  #done(result: Result): Room | Channel | undefined {
    const { client, screen } = this.#options;
    switch (result.kind) {
      case 'opened':
        return result.room;
      case 'listening':
        return result.channel === this.#channel ? undefined : result.channel;
      case 'help':
        for (const text of ownHelp) screen.say(text);
        for (const text of helpLines(client, undefined, result.command)) screen.say(text);
        return undefined;
      case 'usage':
        this.#warn(result.text);
        return undefined;
      case 'refused':
        this.#problem(result.refusal);
        return undefined;
      default:
        return undefined;
    }
  }

  async #people(): Promise<void> {
    const people = await this.#channel.people();
    for (const { name, server, user, here } of people) {
      const label = this.#options.client.servers.labelOf(user, server);
      this.#note(`@${withServer(name, label)} (${here ? 'listens' : 'was heard'})`);
    }
    for (const { id, hops } of this.#channel.reach.get().servers)
      this.#note(
        `somebody listens on ${this.#options.client.servers.of(id).label} (${hops} ${hops === 1 ? 'link' : 'links'} away)`,
      );
  }

  #reachWords(): string {
    const { here, servers } = this.#channel.reach.get();
    const others =
      servers.length === 0
        ? 'nobody on others'
        : `${servers.length} other ${servers.length === 1 ? 'server' : 'servers'}`;
    return `${here} ${here === 1 ? 'listens' : 'listen'} on this server, ${others}`;
  }

  #showPrompt(): void {
    const { state } = this.#options.client.status.get();
    const { here, servers } = this.#channel.reach.get();
    const where = state === 'online' ? `${here}${servers.length > 0 ? `+${servers.length}` : ''}` : 'offline';
    this.#options.screen.setPrompt(`~${cleanLine(this.#channel.name)} (${where})> `);
  }

  #note(text: string): void {
    this.#options.screen.say(tint(`-- ${cleanLine(text)}`, 'dim', this.#options.colour));
  }

  #warn(text: string): void {
    this.#options.screen.say(tint(`! ${cleanLine(text)}`, 'yellow', this.#options.colour));
  }

  #problem(error: unknown): void {
    if (this.#options.signal.aborted) return;
    if (!(error instanceof Refusal)) throw error;
    this.refused ??= this.#options.isTerminal ? undefined : error;
    this.#warn(errors[error.code].meaning);
  }
}
