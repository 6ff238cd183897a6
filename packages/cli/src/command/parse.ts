/** Reads a command line against a command: strictly, with one clear line for what is wrong. */
import { parseArgs } from 'node:util';
import { usage } from '../exit.ts';
import type { Argument, Command, Input } from './command.ts';
import { globalOptions, type Options, type Values } from './option.ts';

export interface Parsed {
  input: Input;
  global: Values<typeof globalOptions>;
}

type ParseOptions = Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }>;

/** @param words what follows the command's name. Throws a usage failure. */
export function parse(command: Command, words: readonly string[]): Parsed {
  const { values, positionals } = read({ ...globalOptions, ...command.options }, words);
  const global = filled(globalOptions, values) as Values<typeof globalOptions>;
  if (!global.help) checkCount(command, positionals);
  return { input: { arguments: positionals, options: filled(command.options, values) }, global };
}

function read(options: Options, words: readonly string[]) {
  const described: ParseOptions = {};
  for (const [name, { value, short, multiple }] of Object.entries(options)) {
    described[name] = {
      type: value === undefined ? 'boolean' : 'string',
      ...(short && { short }),
      ...(multiple && { multiple }),
    };
  }
  try {
    return parseArgs({ args: [...words], options: described, allowPositionals: true, strict: true });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    throw usage(optionWords(message));
  }
}

/** Node's sentence in our words. */
function optionWords(message: string): string {
  const unknown = /^Unknown option '([^']+)'/.exec(message);
  if (unknown) return `there is no option ${unknown[1]}; put -- before a text that begins with a dash`;
  const missing = /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message);
  if (missing) return `${missing[1]} needs a value`;
  const given = /^Option '(?:-\w, )?(--[\w-]+)' does not take an argument/.exec(message);
  if (given) return `${given[1]} takes no value`;
  return message.split('\n')[0]!;
}

function filled(options: Options, values: Readonly<Record<string, unknown>>): Values<Options> {
  const all: Record<string, unknown> = {};
  for (const [name, { value, multiple }] of Object.entries(options))
    all[name] = values[name] ?? (value === undefined ? false : multiple ? [] : undefined);
  return all as Values<Options>;
}

function checkCount(command: Command, given: readonly string[]): void {
  const needed = command.arguments.filter(({ optional }) => !optional);
  const missing = needed[given.length];
  if (missing) throw usage(`${missing.name} is missing${hint(missing)}; see parley ${command.name} --help`);
  const takesRest = command.arguments.at(-1)?.rest;
  if (!takesRest && given.length > command.arguments.length)
    throw usage(`“${given[command.arguments.length]}” is too much; see parley ${command.name} --help`);
}

// To a shell an unquoted # begins a comment, so the room and all after it never arrive.
const hint = ({ name }: Argument): string => (name === 'ROOM' ? " (quote it, as '#ops', or write it without #)" : '');

/** How a command is called: `parley send ROOM TEXT…`. */
export function synopsis(command: Command): string {
  const words = command.arguments.map(({ name, optional, rest }) => {
    const word = rest ? `${name}…` : name;
    return optional ? `[${word}]` : word;
  });
  return ['parley', command.name, ...words].join(' ');
}
