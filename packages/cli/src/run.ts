/** One command line from its words to its exit code. */
import { readFileSync } from 'node:fs';
import { type Command, command } from './command/command.ts';
import { completion } from './command/completion.ts';
import { find } from './command/find.ts';
import { commandHelp, familyHelp, overview } from './command/help.ts';
import { globalOptions, type Options } from './command/option.ts';
import { parse } from './command/parse.ts';
import { contextOf } from './context.ts';
import { exits, tell } from './exit.ts';
import { type Shell, write } from './shell.ts';

/**
 * Runs what `words` (the command line without the program) says and resolves with the exit code. Never rejects.
 * @param commands the registry: help, completion and what runs come from it
 */
export async function run(words: readonly string[], shell: Shell, registry: readonly Command[]): Promise<number> {
  const commands = [...registry, completionOf(registry)];
  try {
    return await dispatch(words, shell, commands);
  } catch (error) {
    return report(error, shell, words);
  }
}

async function dispatch(words: readonly string[], shell: Shell, commands: readonly Command[]): Promise<number> {
  const first = words[0];
  if (first === undefined) {
    await write(shell, overview(commands, version()), shell.stderr);
    return exits.usage;
  }
  if (['help', '--help', '-h'].includes(first)) return help(words.slice(1), shell, commands);
  if (first === '--version' || first === '-v' || first === 'version') {
    await write(shell, `${version()}\n`);
    return exits.ok;
  }
  const found = find(commands, globalsLast(words));
  if (found.found === 'family') {
    const asked = words.includes('--help') || words.includes('-h');
    await write(shell, familyHelp(found.name, found.commands), asked ? shell.stdout : shell.stderr);
    return asked ? exits.ok : exits.usage;
  }
  const { input, global } = parse(found.command, found.words);
  if (global.help) {
    await write(shell, commandHelp(found.command));
    return exits.ok;
  }
  return (await found.command.run(contextOf(shell, global), input)) ?? exits.ok;
}

async function help(words: readonly string[], shell: Shell, commands: readonly Command[]): Promise<number> {
  if (words.length === 0) {
    await write(shell, overview(commands, version()));
    return exits.ok;
  }
  const found = find(commands, words);
  await write(shell, found.found === 'family' ? familyHelp(found.name, found.commands) : commandHelp(found.command));
  return exits.ok;
}

/** `parley --json rooms` means `parley rooms --json`. */
function globalsLast(words: readonly string[]): readonly string[] {
  const leading: string[] = [];
  let at = 0;
  for (; words[at]?.startsWith('-'); at++) {
    leading.push(words[at]!);
    const option = (globalOptions as Options)[words[at]!.replace(/^--/, '')];
    if (option?.value && words[at + 1] !== undefined) leading.push(words[++at]!);
  }
  const rest = words.slice(at);
  const end = rest.indexOf('--');
  return end === -1 ? [...rest, ...leading] : [...rest.slice(0, end), ...leading, ...rest.slice(end)];
}

function report(error: unknown, shell: Shell, words: readonly string[]): number {
  const told = tell(error);
  if (!told) {
    shell.stderr.write(`parley: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exits.failure;
  }
  const { exit, code, message, retryable } = told;
  if (message === '') return exit;
  if (words.includes('--json'))
    shell.stderr.write(`${JSON.stringify({ v: 1, error: { code, message, retryable } })}\n`);
  else shell.stderr.write(`parley: ${message}\n`);
  return exit;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

const shells = ['bash', 'zsh', 'fish'] as const;

function completionOf(registry: readonly Command[]): Command {
  const own: Command = command({
    name: 'completion',
    group: 'Other',
    about: 'Prints a completion script for a shell.',
    details: 'It completes the word parley; where you call npx parley, add: alias parley="npx parley"',
    examples: ['source <(parley completion bash)', 'parley completion fish | source'],
    arguments: [{ name: 'SHELL', about: 'bash, zsh or fish.', offers: shells }],
    options: {},
    async run({ shell }, { arguments: [name = ''] }) {
      await write(shell, completion(name, [...registry, own]));
    },
  });
  return own;
}
