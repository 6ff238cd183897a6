/** Every command that an app offers, as data: slash commands in web and terminal, subcommands of the command line. */
import type { Permission } from '@parley/protocol';

/** What an argument is, for parsing, completion and help. */
export type ArgumentKind = 'person' | 'room' | 'duration' | 'role' | 'emoji' | 'message' | 'command' | 'word' | 'text';

export interface Argument {
  /** As help shows it. */
  name: string;
  kind: ArgumentKind;
  about: string;
  optional?: true;
  /** Takes all that is left of the line; only for the last one. */
  rest?: true;
}

export interface Command {
  name: string;
  aliases: readonly string[];
  /** One sentence with a full stop. */
  about: string;
  arguments: readonly Argument[];
  /** What one must be allowed in the room; without it anybody there may try. */
  permission?: Permission;
  /** Acts in a room: on the command line its name comes first. */
  inRoom: boolean;
  /** Not for guests. */
  account?: true;
}

const person: Argument = {
  name: 'person',
  kind: 'person',
  about: 'A name, with or without @; of another server as @name:server.',
};
const reason: Argument = { name: 'reason', kind: 'text', about: 'Why; everybody sees it.', optional: true, rest: true };
const span: Argument = {
  name: 'duration',
  kind: 'duration',
  about: 'As 10m, 1h, 1d; without it until lifted.',
  optional: true,
};
const message: Argument = {
  name: 'message',
  kind: 'message',
  about: 'Number of a message in the log; without it the chosen one, else the newest.',
  optional: true,
};
const room = (about: string): Argument => ({ name: 'room', kind: 'room', about });
const none = { aliases: [], inRoom: true } as const;

export const commands = {
  help: {
    name: 'help',
    aliases: ['?'],
    about: 'Shows what can be typed.',
    arguments: [{ name: 'command', kind: 'command', about: 'Only this one.', optional: true }],
    inRoom: false,
  },
  join: {
    name: 'join',
    aliases: ['j'],
    about: 'Joins a room and opens it, or listens to an ephemeral channel.',
    arguments: [room('Its name, with or without #; of another server as #name:server; a channel as ~name.')],
    inRoom: false,
  },
  knock: {
    name: 'knock',
    aliases: [],
    about: 'Asks to be let into a room; `leave` takes it back.',
    arguments: [room('Its name, with or without #.')],
    inRoom: false,
    account: true,
  },
  create: {
    name: 'create',
    aliases: [],
    about: 'Makes a room and opens it.',
    arguments: [
      room('Its name; small letters, digits and dashes.'),
      { name: 'who', kind: 'word', about: '`public` (the default) or `private`: by invitation only.', optional: true },
    ],
    inRoom: false,
    account: true,
  },
  msg: {
    name: 'msg',
    aliases: ['dm'],
    about: 'Writes to one person, and opens the conversation with them.',
    arguments: [person, { name: 'text', kind: 'text', about: 'What to say.', optional: true, rest: true }],
    inRoom: false,
    account: true,
  },
  nick: {
    name: 'nick',
    aliases: [],
    about: 'Sets the name that others see.',
    arguments: [{ name: 'name', kind: 'text', about: 'Up to 64 letters.', rest: true }],
    inRoom: false,
    account: true,
  },
  leave: { ...none, name: 'leave', aliases: ['part'], about: 'Leaves this room.', arguments: [] },
  me: {
    ...none,
    name: 'me',
    about: 'Says what you do.',
    arguments: [{ name: 'action', kind: 'text', about: 'As “waves”.', rest: true }],
    permission: 'post',
  },
  topic: {
    ...none,
    name: 'topic',
    about: 'Sets what the room is about; without words it takes the topic away.',
    arguments: [{ name: 'text', kind: 'text', about: 'The topic.', optional: true, rest: true }],
    permission: 'manage-info',
  },
  invite: {
    ...none,
    name: 'invite',
    about: 'Invites somebody, or lets in who asks.',
    arguments: [person],
    permission: 'invite',
  },
  kick: {
    ...none,
    name: 'kick',
    about: 'Removes somebody, or turns down who asks to be let in.',
    arguments: [person, reason],
    permission: 'kick',
  },
  mute: {
    ...none,
    name: 'mute',
    about: 'Silences somebody, for a time or until lifted.',
    arguments: [person, span, reason],
    permission: 'mute',
  },
  unmute: { ...none, name: 'unmute', about: 'Lifts a mute.', arguments: [person, reason], permission: 'mute' },
  ban: {
    ...none,
    name: 'ban',
    about: 'Removes somebody and keeps them out, for a time or until lifted.',
    arguments: [person, span, reason],
    permission: 'ban',
  },
  unban: { ...none, name: 'unban', about: 'Lifts a ban.', arguments: [person, reason], permission: 'ban' },
  role: {
    ...none,
    name: 'role',
    about: 'Gives somebody a role.',
    arguments: [person, { name: 'role', kind: 'role', about: 'owner, admin, moderator, member or guest.' }],
    permission: 'manage-roles',
  },
  pin: { ...none, name: 'pin', about: 'Pins a message.', arguments: [message], permission: 'pin' },
  unpin: { ...none, name: 'unpin', about: 'Unpins a message.', arguments: [message], permission: 'pin' },
  react: {
    ...none,
    name: 'react',
    aliases: ['+'],
    about: 'Puts an emoji under a message.',
    arguments: [{ name: 'emoji', kind: 'emoji', about: 'An emoji or its short name, as :tada:.' }, message],
    permission: 'react',
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
/** In the order of help. */
export const commandList: readonly Command[] = Object.values(commands);

/** By its name or an alias, in any case, without the slash. */
export function findCommand(name: string): Command | undefined {
  const wanted = name.toLowerCase();
  return commandList.find((command) => command.name === wanted || command.aliases.includes(wanted));
}

/** `/mute PERSON [DURATION] [REASON]`; on the command line with the room first and no slash. */
export function usageOf(command: Command, where: 'slash' | 'shell' = 'slash'): string {
  const words = command.arguments.map((one) => {
    const name = one.name.toUpperCase();
    return one.optional ? `[${name}]` : name;
  });
  if (where === 'slash') return [`/${command.name}`, ...words].join(' ');
  return [command.name, ...(command.inRoom ? ['ROOM'] : []), ...words].join(' ');
}
