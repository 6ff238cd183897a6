/** A subcommand is one value: its name, arguments, help and what it does. Help and completion are made from it. */
import type { Context } from '../context.ts';

export interface Argument {
  /** In capitals, as help shows it. */
  name: string;
  about: string;
  /** What a shell may offer here. */
  offers?: 'file' | readonly string[];
  optional?: true;
  /** Takes all that follows; only for the last one. */
  rest?: true;
}

export interface Option {
  about: string;
  /** Name of its value in capitals; without it the option is a switch. */
  value?: string;
  short?: string;
  /** May be given several times. */
  multiple?: true;
  offers?: 'file' | readonly string[];
}
export type Options = Readonly<Record<string, Option>>;

/** What was given for each option: a text, a list of texts, or whether the switch is there. */
export type Values<O extends Options> = {
  [K in keyof O]: O[K] extends { value: string }
    ? O[K] extends { multiple: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};

export const groups = ['Account', 'Rooms', 'Messages', 'Moderation', 'Data', 'Server', 'Other'] as const;
export type Group = (typeof groups)[number];

export interface Command<O extends Options = Options> {
  /** One word, or two for one of a family: `import irc`. */
  name: string;
  group: Group;
  /** One sentence with a full stop. */
  about: string;
  /** Paragraphs after it in the command's own help. */
  details?: string;
  /** Command lines to copy. */
  examples?: readonly string[];
  arguments: readonly Argument[];
  options: O;
  /** Resolves when done; a code other than 0 only where the command says so by itself. */
  run(context: Context, input: Input<O>): Promise<number | undefined> | Promise<void>;
}

export interface Input<O extends Options = Options> {
  /** As many as the command's arguments allow. */
  arguments: readonly string[];
  options: Values<O>;
}

/** Makes a command; its options give `run` its types. */
export function command<const O extends Options>(definition: Command<O>): Command {
  return definition as unknown as Command;
}

/** What every command takes. */
export const globalOptions = {
  server: { value: 'URL', about: 'The server; else PARLEY_SERVER, else the one signed in to last.' },
  profile: {
    value: 'DIR',
    about: 'Folder of the account and its sessions; else PARLEY_PROFILE, else ~/.config/parley.',
    offers: 'file',
  },
  json: { about: 'Writes JSON, one object a line.' },
  timeout: { value: 'TIME', about: 'How long to wait for the server, as 30s (the default) or 5m.' },
  help: { short: 'h', about: 'Shows help.' },
} as const satisfies Options;
