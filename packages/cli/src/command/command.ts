/** A subcommand is one value: its name, arguments, help and what it does. Help and completion are made from it. */
import type { Context } from '../context.ts';
import type { Options, Values } from './option.ts';

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
