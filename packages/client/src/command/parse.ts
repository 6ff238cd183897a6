/** From what was typed to a command and its arguments. */
import { roles } from '@parley/protocol';
import { parseDuration } from './duration.ts';
import { type Argument, type Command, findCommand, usageOf } from './registry.ts';

export type Values = Readonly<Record<string, string | undefined>>;
export interface Parsed {
  kind: 'command';
  command: Command;
  /** By the arguments' names; absent where an optional one was left out. */
  values: Values;
}
/** What was typed is no command as it stands; `text` says why. */
export interface Usage {
  kind: 'usage';
  text: string;
  command: Command | undefined;
}

/** Whether a line is meant as a command: `/` begins one, `//` a message that begins with `/`. */
export const isCommand = (text: string): boolean => /^\/(?!\/)/.test(text);

/** What a line that is no command says: the first of two slashes only told that it is none. */
export const plainText = (text: string): string => (text.startsWith('//') ? text.slice(1) : text);

/** Reads a line such as `/mute @ada 10m too loud`. */
export function parseLine(text: string): Parsed | Usage {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const command = findCommand(name);
  if (!command) return { kind: 'usage', text: `There is no command /${name}. /help shows them all.`, command };
  return assign(command, rest.trim());
}

/** Reads the arguments of a command that were split already, as a shell does. */
export function parseWords(command: Command, words: readonly string[]): Parsed | Usage {
  return assign(command, words.join(' ').trim());
}

function assign(command: Command, line: string): Parsed | Usage {
  const values: Record<string, string | undefined> = {};
  let left = line;
  for (const argument of command.arguments) {
    if (argument.rest) {
      if (left !== '') values[argument.name] = left;
      left = '';
    } else {
      const word = /^\S+/.exec(left)?.[0];
      if (word !== undefined && fits(argument, word)) {
        values[argument.name] = word;
        left = left.slice(word.length).trimStart();
      } else if (word !== undefined && !argument.optional) return wrong(command, argument, word);
    }
    if (values[argument.name] === undefined && !argument.optional) return wrong(command, argument, undefined);
  }
  if (left !== '') return { kind: 'usage', text: `“${left}” is too much: ${usageOf(command)}`, command };
  return { kind: 'command', command, values };
}

/** An optional argument that a word does not fit is left out: the word belongs to the next one. */
function fits({ kind, optional }: Argument, word: string): boolean {
  if (kind === 'duration') return parseDuration(word) !== undefined;
  if (kind === 'role') return (roles as readonly string[]).includes(word.toLowerCase());
  if (kind === 'message') return /^\d{1,15}$/.test(word);
  return kind !== 'person' || !optional || word.startsWith('@');
}

function wrong(command: Command, argument: Argument, word: string | undefined): Usage {
  const what = word === undefined ? `${argument.name.toUpperCase()} is missing` : `“${word}” does not fit`;
  return { kind: 'usage', text: `${what}: ${usageOf(command)}`, command };
}
