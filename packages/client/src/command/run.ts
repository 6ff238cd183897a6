/** Runs what was typed. Whatever goes wrong is a value: the app shows it, nothing is thrown. */
import { type MessageRef, Refusal } from '@parley/protocol';
import type { Client, Room } from '../api.ts';
import { Ambiguous } from './find.ts';
import { type Done, handlers } from './handlers.ts';
import { isCommand, type Parsed, parseLine, parseWords, plainText, type Usage } from './parse.ts';
import { type Command, type CommandName, usageOf } from './registry.ts';

export type Result = Done | Usage | { kind: 'refused'; refusal: Refusal };

export interface RunOptions {
  /** The message that is chosen, for commands that mean one. */
  target?: MessageRef;
}

/** Does what a line says: a command when it begins with `/`, else a message to the room. */
export async function run(
  client: Client,
  room: Room | undefined,
  text: string,
  options: RunOptions = {},
): Promise<Result> {
  if (isCommand(text)) return perform(client, room, parseLine(text), options);
  if (!room) return noRoom(undefined);
  return guarded(async () => {
    const sent = await room.send(plainText(text));
    return sent === 'queued' ? { kind: 'done', queued: true } : { kind: 'done' };
  });
}

/** Does a command whose arguments come as words, as from a shell; the room is not among them. */
export async function runWords(
  client: Client,
  room: Room | undefined,
  command: Command,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  return perform(client, room, parseWords(command, words), options);
}

async function perform(
  client: Client,
  room: Room | undefined,
  parsed: Parsed | Usage,
  options: RunOptions,
): Promise<Result> {
  if (parsed.kind === 'usage') return parsed;
  const { command, values } = parsed;
  if (command.inRoom && !room) return noRoom(command);
  const handler = handlers[command.name as CommandName];
  // Commands that are not `inRoom` never look at it.
  return guarded(() => handler({ client, room: room as Room, target: options.target, values }), command);
}

async function guarded(work: () => Promise<Done>, command?: Command): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Ambiguous) return { kind: 'usage', text: error.message, command };
    return { kind: 'refused', refusal: error instanceof Refusal ? error : new Refusal('internal') };
  }
}

function noRoom(command: Command | undefined): Usage {
  const text = command ? `${usageOf(command)} works in a room only.` : 'There is no room to say this in.';
  return { kind: 'usage', text, command };
}
