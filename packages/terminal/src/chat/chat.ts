/**
 * `parley chat` in line mode, in rooms and channels. What is said in a room appears line by line, what is typed is sent or
 * done. What cannot be sent at once is marked, kept, and sent when there is a connection again.
 */
import { type Channel, type Client, type OutboxRow, type Room, roomLabel } from '@parley/client';
import { isCommand, type Result, run } from '@parley/client/command';
import { errors, limits, type Person, type RawEntry, Refusal } from '@parley/protocol';
import { cleanLine } from '../clean.ts';
import { dayWatch } from '../day.ts';
import { dayLine, formatEntry, tint } from '../format.ts';
import { ChannelSession } from './channel-session.ts';
import { completions, helpLines, type LocalName, localCommand } from './commands.ts';
import { pipeScreen, promptScreen, type Screen } from './screen.ts';
import { followNotice } from './server-notice.ts';

export interface ChatOptions {
  client: Client;
  /** Where it begins. */
  place: Room | Channel;
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
  colour: boolean;
  signal: AbortSignal;
  /** Ctrl-C was typed. */
  onStop(): void;
  /** Rows of the past that are shown first. */
  history?: number;
}

/** Later than this a line that is not sent yet is marked. */
const patienceMs = 1_000;
/** Lines of a pipe that are on their way at a time. */
const pipedAtOnce = 64;
const shownPeople = 1_000;
const shownMembers = 100;

/** Resolves when the input has ended and all of it is sent, with the first refusal if there was one. */
export async function chat(options: ChatOptions): Promise<Refusal | undefined> {
  const { input, output, onStop, signal } = options;
  const isTerminal = input.isTTY === true && output.isTTY === true;
  let session: RoomSession | ChannelSession | undefined;
  const complete = (line: string): [string[], string] => session?.complete(line) ?? [[], line];
  const screen = isTerminal ? promptScreen({ input, output, complete, onStop }) : pipeScreen({ input, output });
  const stopNotices = followNotice(options, screen);
  const close = () => screen.close();
  signal.addEventListener('abort', close, { once: true });
  let refused: Refusal | undefined;
  try {
    for (let place: Room | Channel | undefined = options.place; place; ) {
      const given = { ...options, screen, isTerminal };
      session = 'reach' in place ? new ChannelSession(given, place) : new RoomSession(given, place);
      place = await session.run();
      refused ??= session.refused;
    }
    return refused;
  } finally {
    signal.removeEventListener('abort', close);
    stopNotices();
    screen.close();
  }
}

interface RoomSessionOptions extends ChatOptions {
  screen: Screen;
  isTerminal: boolean;
}

class RoomSession {
  readonly #options: RoomSessionOptions;
  readonly #screen: Screen;
  readonly #isTerminal: boolean;
  readonly #people = new Map<string, Person>();
  /** Sent from here, so their lines stand on the screen already. */
  readonly #typed = new Set<string>();
  readonly #sending = new Set<Promise<void>>();
  /** Lines that one's own server keeps until the room's server has decided, by clientId. */
  readonly #queued = new Map<string, string>();
  readonly #stop: (() => void)[] = [];
  #isNewDay = dayWatch();
  #room: Room;
  #following = new AbortController();
  refused: Refusal | undefined;
  #next: Channel | undefined;
  #wasOnline = true;
  #leaving = false;

  constructor(options: RoomSessionOptions, room: Room) {
    this.#options = options;
    this.#room = room;
    this.#isTerminal = options.isTerminal;
    this.#screen = options.screen;
  }

  complete(line: string): [string[], string] {
    return completions(this.#options.client, this.#room, [...this.#people.values()], line);
  }

  /** Resolves with the channel to go on in, if any. */
  async run(): Promise<Channel | undefined> {
    const { client, signal } = this.#options;
    this.#stop.push(
      client.status.subscribe(() => this.#statusChanged()),
      client.outbox.subscribe(() => this.#outboxChanged()),
      client.rooms.subscribe(() => this.#checkRoom()),
    );
    try {
      await this.#open(this.#room);
      for await (const line of this.#screen.lines()) {
        if (signal.aborted || (await this.#take(line)) === 'quit') break;
      }
      await Promise.all(this.#sending);
      return this.#next;
    } finally {
      this.#following.abort();
      for (const stop of this.#stop) stop();
    }
  }

  /** Shows the newest rows of a room and goes on with what comes. */
  async #open(room: Room): Promise<void> {
    const { client, history = 20, signal } = this.#options;
    this.#following.abort();
    this.#following = new AbortController();
    this.#room = room;
    this.#isNewDay = dayWatch();
    const limit = Math.min(Math.max(1, history), limits.page);
    const page = await client.request('history.page', { room: room.id, limit, show: 'rows' }, { signal });
    const { view } = room.summary.get();
    if (this.#isTerminal)
      this.#note(`${labelOf(room)}${view.topic ? `: ${view.topic}` : ''} (/help shows what can be typed)`);
    if (history > 0) for (const entry of page.entries) this.#show(entry);
    this.#showPrompt();
    void this.#loadPeople(room);
    void this.#follow(room, Math.max(page.to, page.entries.at(-1)?.seq ?? 0), this.#following.signal);
  }

  async #follow(room: Room, since: number, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, this.#options.signal]);
    try {
      for await (const entry of room.entries({ since, signal })) {
        if (this.#typed.delete(entry.clientId) && this.#isTerminal) this.#isNewDay(entry.at);
        else this.#show(entry);
        room.markRead(entry.seq);
      }
    } catch (error) {
      this.#problem(error);
    }
  }

  async #loadPeople(room: Room): Promise<void> {
    const { members } = await room.members({ limit: shownMembers }).catch(() => ({ members: [] }));
    for (const { person } of members) this.#see(person);
  }

  #see(person: Person | undefined): void {
    if (person && this.#people.size < shownPeople) this.#people.set(person.id, person);
  }

  #show(entry: RawEntry): void {
    const { client, colour } = this.#options;
    this.#see(client.person(entry.user));
    if (this.#isNewDay(entry.at)) this.#screen.say(dayLine(entry.at, { colour }));
    const nameOf = (user: string) => client.person(user)?.name;
    const labelOf = (user: string, told?: string) => client.servers.labelOf(user, told);
    this.#screen.say(formatEntry(entry, { colour, time: 'short', nameOf, labelOf }));
  }

  async #take(line: string): Promise<'quit' | undefined> {
    if (line.trim() === '') return undefined;
    const local = localCommand(line);
    if (local === 'quit') return 'quit';
    if (local) await this.#local(local);
    else if (isCommand(line)) return this.#command(line);
    else this.#send(line);
    if (!this.#isTerminal && this.#sending.size >= pipedAtOnce) await Promise.race(this.#sending);
    return undefined;
  }

  /** Does not wait: the next line can be typed while this one is on its way. */
  #send(line: string): void {
    const { client } = this.#options;
    const before = new Set(client.outbox.get().map(({ clientId }) => clientId));
    const sent = this.#outcome(line);
    const row = client.outbox.get().find(({ clientId }) => !before.has(clientId));
    if (row) this.#typed.add(row.clientId);
    let marked = false;
    const mark = setTimeout(() => {
      marked = true;
      this.#note(`waiting to be sent: ${line}`);
    }, patienceMs);
    const settled = sent.then((result) => {
      clearTimeout(mark);
      if (result.kind === 'refused') {
        if (row) this.#typed.delete(row.clientId);
        this.refused ??= result.refusal;
        this.#warn(`not sent (${result.refusal.code}): ${line}; /retry or /discard`);
      } else if (result.kind === 'done' && result.queued) this.#keep(line, row);
      else if (marked) this.#note(`sent: ${line}`);
    });
    this.#sending.add(settled);
    void settled.finally(() => this.#sending.delete(settled));
  }

  /** The line is safe; whether it is let in is said when that is known. */
  #keep(line: string, row: OutboxRow | undefined): void {
    if (!row || !this.#isTerminal) return;
    this.#queued.set(row.clientId, line);
    const { server } = this.#room.summary.get();
    const mark = setTimeout(() => {
      if (this.#queued.has(row.clientId)) this.#note(`waiting for ${server?.label ?? 'the room’s server'}: ${line}`);
    }, patienceMs);
    this.#stop.push(() => clearTimeout(mark));
  }

  #outboxChanged(): void {
    const rows = new Map(this.#options.client.outbox.get().map((row) => [row.clientId, row]));
    for (const [clientId, line] of this.#queued) {
      const row = rows.get(clientId);
      if (row && row.state !== 'failed') continue;
      this.#queued.delete(clientId);
      if (!row) continue;
      this.#typed.delete(clientId);
      this.#warn(`refused (${row.code}): ${line}; /retry or /discard`);
    }
    this.#showPrompt();
  }

  async #outcome(line: string): Promise<Result> {
    return run(this.#options.client, this.#room, line);
  }

  async #command(line: string): Promise<'quit' | undefined> {
    this.#leaving = true;
    const result = await this.#outcome(line);
    if (result.kind !== 'left') {
      this.#leaving = false;
      this.#checkRoom();
    }
    return this.#done(result);
  }

  async #done(result: Result): Promise<'quit' | undefined> {
    switch (result.kind) {
      case 'opened':
        await this.#open(result.room);
        return undefined;
      case 'listening':
        this.#next = result.channel;
        return 'quit';
      case 'left':
        this.#note(`you left ${labelOf(this.#room)}`);
        return 'quit';
      case 'help':
        for (const text of helpLines(this.#options.client, this.#room, result.command)) this.#screen.say(text);
        return undefined;
      case 'usage':
        this.#warn(result.text);
        return undefined;
      case 'refused':
        this.refused ??= this.#isTerminal ? undefined : result.refusal;
        this.#warn(errors[result.refusal.code].meaning);
        return undefined;
      case 'done':
        if (result.queued) this.#note('queued until the room’s server has decided');
        return undefined;
    }
  }

  async #local(name: Exclude<LocalName, 'quit'>): Promise<void> {
    const { client } = this.#options;
    try {
      if (name === 'rooms') for (const room of client.rooms.get()) this.#note(roomLine(room));
      if (name === 'members') await this.#members();
      if (name === 'retry') for (const row of this.#failed()) await client.retry(row);
      if (name === 'discard') for (const row of this.#failed()) await client.discard(row);
    } catch (error) {
      this.#problem(error);
    }
  }

  async #members(): Promise<void> {
    const { members, total } = await this.#room.members({ limit: shownMembers });
    for (const { person, role, status } of members) {
      const server = this.#options.client.servers.labelOf(person.id, person.server);
      this.#note(`@${person.name}${server === undefined ? '' : `:${server}`} (${role}, ${status})`);
    }
    if (total > members.length) this.#note(`and ${total - members.length} more`);
  }

  #failed(): readonly OutboxRow[] {
    return this.#options.client.outbox.get().filter(({ state }) => state === 'failed');
  }

  #statusChanged(): void {
    const { state } = this.#options.client.status.get();
    if (state === 'offline' && this.#wasOnline) {
      this.#wasOnline = false;
      this.#note('offline; what you write is kept and sent later');
    } else if (state === 'online' && !this.#wasOnline) {
      this.#wasOnline = true;
      this.#note('online again');
    }
    this.#showPrompt();
  }

  /** Somebody else may end one's stay. */
  #checkRoom(): void {
    if (this.#leaving || this.#options.client.room(this.#room.id)) return;
    this.#leaving = true;
    this.#warn(`you are no longer in ${labelOf(this.#room)}`);
    this.refused ??= new Refusal('not-a-member');
    this.#screen.close();
  }

  #showPrompt(): void {
    const waiting = this.#options.client.outbox.get().filter(({ room }) => room === this.#room.id).length;
    const state = [this.#wasOnline ? '' : 'offline', waiting > 0 ? `${waiting} waiting` : ''].filter(Boolean);
    this.#screen.setPrompt(`${cleanLine(labelOf(this.#room))}${state.length > 0 ? ` (${state.join(', ')})` : ''}> `);
  }

  #note(text: string): void {
    this.#screen.say(tint(`-- ${cleanLine(text)}`, 'dim', this.#options.colour));
  }

  #warn(text: string): void {
    this.#screen.say(tint(`! ${cleanLine(text)}`, 'yellow', this.#options.colour));
  }

  #problem(error: unknown): void {
    if (this.#options.signal.aborted) return;
    if (!(error instanceof Refusal)) throw error;
    this.#warn(errors[error.code].meaning);
  }
}

const labelOf = (room: Room): string => roomLabel(room.summary.get());

const roomLine = (summary: ReturnType<Client['rooms']['get']>[number]): string =>
  `${roomLabel(summary)}${summary.unread > 0 ? ` (${summary.unread} unread)` : ''}`;
