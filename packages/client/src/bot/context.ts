/** What a handler gets: the entry, the room, and short ways to answer. */
import type { Content, Entry, MessageRef } from '@parley/protocol';
import type { Client, Room, Sent } from '../api.ts';

/** Where a bot tells what it does; never given texts of messages by the SDK. */
export interface BotLog {
  info(message: string, about?: Record<string, unknown>): void;
  error(error: unknown, about?: Record<string, unknown>): void;
}

export interface BotContext<E extends Entry = Entry> {
  readonly client: Client;
  readonly room: Room;
  readonly entry: E;
  /** What was said; empty where the entry has no words. */
  readonly text: string;
  /** Of a command: what follows its name, as it is and in words. */
  readonly rest: string;
  readonly words: readonly string[];
  readonly log: BotLog;
  /** Aborts when the bot stops or leaves the room. */
  readonly signal: AbortSignal;
  /** Says something in the room. */
  say(body: string | Content): Promise<Sent>;
  /** Says something as an answer to the message that the entry is or is about. */
  reply(body: string | Content): Promise<Sent>;
  /** Puts an emoji under that message. */
  react(emoji: string): Promise<Sent>;
}

export interface ContextParts<E extends Entry> {
  client: Client;
  room: Room;
  entry: E;
  text: string;
  rest: string;
  log: BotLog;
  signal: AbortSignal;
}

/**
 * Answers are named after the entry that they answer and counted, so that an entry which is handled again after a
 * crash is not answered twice.
 */
export function contextOf<E extends Entry>(parts: ContextParts<E>): BotContext<E> {
  const { room, entry, rest, signal } = parts;
  let answers = 0;
  const options = () => ({ clientId: `re.${entry.term}.${entry.seq}.${++answers}`, signal });
  const about: MessageRef = entry.target ?? entry;
  const target = { user: about.user, clientId: about.clientId };
  return {
    ...parts,
    words: rest === '' ? [] : rest.split(/\s+/),
    say: (body) => room.send(body, options()),
    reply: (body) => room.send({ ...(typeof body === 'string' ? { text: body } : body), replyTo: target }, options()),
    react: (emoji) => room.react(target, emoji, options()),
  };
}
