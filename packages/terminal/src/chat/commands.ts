/** What can be typed in a chat: the commands of the registry, and a few that only a terminal needs. */
import type { Client, Room } from '@parley/client';
import { type Command, complete, findCommand, usable, usageOf } from '@parley/client/command';
import type { Person } from '@parley/protocol';

const plain = { aliases: [], arguments: [], inRoom: false } as const;

export const localCommands = {
  quit: { ...plain, name: 'quit', aliases: ['q', 'exit'], about: 'Ends the chat; the room keeps you.' },
  rooms: { ...plain, name: 'rooms', about: 'Lists your rooms and what is unread in them.' },
  members: { ...plain, name: 'members', aliases: ['who'], about: 'Lists who is in this room.' },
  retry: { ...plain, name: 'retry', about: 'Sends again what was not sent.' },
  discard: { ...plain, name: 'discard', about: 'Gives up what was not sent.' },
} as const satisfies Record<string, Command>;
export type LocalName = keyof typeof localCommands;

/** The local command that a line means; those of the registry come first. */
export function localCommand(line: string): LocalName | undefined {
  const [, name = ''] = /^\/(\S+)\s*$/.exec(line) ?? [];
  if (name === '' || findCommand(name)) return undefined;
  const wanted = name.toLowerCase();
  return Object.values<Command>(localCommands).find((each) => each.name === wanted || each.aliases.includes(wanted))
    ?.name as LocalName | undefined;
}

function commandsFor(client: Client, room: Room | undefined): readonly Command[] {
  return [...usable(room?.summary.get().view, client.me.get()), ...Object.values(localCommands)];
}

/** For readline: what may become of the end of `line`, and which part that is for. */
export function completions(
  client: Client,
  room: Room | undefined,
  people: readonly Person[],
  line: string,
): [string[], string] {
  const found = complete(line, line.length, {
    people,
    rooms: client.rooms.get(),
    servers: client.servers,
    commands: commandsFor(client, room),
    limit: 20,
  });
  return found ? [found.items.map(({ insert }) => insert), line.slice(found.from)] : [[], line];
}

/** Help for one command, or a line for each that one may use here. */
export function helpLines(client: Client, room: Room | undefined, command: Command | undefined): string[] {
  if (command) {
    const width = Math.max(0, ...command.arguments.map(({ name }) => name.length));
    const details = command.arguments.map(({ name, about }) => `  ${name.toUpperCase().padEnd(width)}  ${about}`);
    return [usageOf(command), `  ${command.about}`, ...details];
  }
  const lines = commandsFor(client, room).map((each) => ({ usage: usageOf(each), about: each.about }));
  const width = Math.max(...lines.map(({ usage }) => usage.length));
  return lines.map(({ usage, about }) => `${usage.padEnd(width)}  ${about}`);
}
