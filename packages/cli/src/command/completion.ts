/** Completion scripts for shells, made from the commands: names, options and what they offer. */
import { usage } from '../exit.ts';
import type { Command } from './command.ts';
import { globalOptions, type Option, type Options } from './option.ts';

/** The script for `shell`. Throws a usage failure for a shell that is not known. */
export function completion(shell: string, commands: readonly Command[]): string {
  if (shell === 'bash') return bash(commands);
  if (shell === 'zsh') return `#compdef parley\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
  if (shell === 'fish') return fish(commands);
  throw usage(`there is no completion for “${shell}”: bash, zsh or fish`);
}

const allOptions = (command: Command): Options => ({ ...command.options, ...globalOptions });
const firstWords = (commands: readonly Command[]) => [...new Set(commands.map(({ name }) => name.split(' ')[0]!))];
const familyNames = (commands: readonly Command[]) => [
  ...new Set(commands.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0]!)),
];
const members = (commands: readonly Command[], family: string) =>
  commands.filter(({ name }) => name.startsWith(`${family} `)).map(({ name }) => name.split(' ')[1]!);

function bash(commands: readonly Command[]): string {
  const words = ({ name }: Command, offered: readonly string[]) => `    '${name}') words='${offered.join(' ')}' ;;`;
  const own = (command: Command) =>
    words(command, [...choices(command), ...Object.keys(allOptions(command)).map((name) => `--${name}`)]);
  const families = familyNames(commands).map(
    (family) => `    '${family}') [ "$COMP_CWORD" -eq 2 ] && words='${members(commands, family).join(' ')}' ;;`,
  );
  const singles = commands.filter(({ name }) => !name.includes(' ')).map(own);
  const doubles = commands.filter(({ name }) => name.includes(' ')).map(own);
  const files = [...new Set(commands.flatMap(fileOptions))].map((name) => `--${name}`);
  return `_parley() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  case "$before" in
    ${files.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')} help version' -- "$word")); return
  fi
  case "\${COMP_WORDS[1]}" in
${[...singles, ...families].join('\n')}
  esac
  [ "$COMP_CWORD" -gt 2 ] && case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${[...doubles, "    '') ;;"].join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ "\${#COMPREPLY[@]}" -eq 0 ] && case "$word" in -*) ;; *) COMPREPLY=($(compgen -f -- "$word")) ;; esac
}
complete -F _parley parley
`;
}

const choices = (command: Command): string[] =>
  command.arguments.flatMap(({ offers }) => (offers === undefined || offers === 'file' ? [] : [...offers]));
const fileOptions = (command: Command): string[] =>
  Object.entries(allOptions(command))
    .filter(([, { offers }]) => offers === 'file')
    .map(([name]) => name);

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(commands: readonly Command[]): string {
  const lines = ['complete -c parley -f'];
  for (const name of firstWords(commands)) {
    const about = commands.find((each) => each.name === name)?.about ?? members(commands, name).join(', ');
    lines.push(`complete -c parley -n __fish_use_subcommand -a ${quoted(name)} -d ${quoted(about)}`);
  }
  for (const family of familyNames(commands)) {
    const words = members(commands, family);
    const seen = `__fish_seen_subcommand_from ${family}; and not __fish_seen_subcommand_from ${words.join(' ')}`;
    lines.push(`complete -c parley -n ${quoted(seen)} -a ${quoted(words.join(' '))}`);
  }
  for (const each of commands) lines.push(...fishCommand(each));
  return `${lines.join('\n')}\n`;
}

function fishCommand(command: Command): string[] {
  const seen = command.name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
  const start = `complete -c parley -n ${quoted(seen)}`;
  const offered = choices(command);
  const lines = Object.entries(allOptions(command)).map(([name, option]) => `${start} ${fishOption(name, option)}`);
  if (offered.length > 0) lines.push(`${start} -a ${quoted(offered.join(' '))}`);
  if (command.arguments.some(({ offers }) => offers === 'file')) lines.push(`${start} -F`);
  return lines;
}

function fishOption(name: string, { value, short, offers, about }: Option): string {
  const takes = value === undefined ? '' : offers === 'file' ? ' -r -F' : ' -x';
  const words = offers !== undefined && offers !== 'file' ? ` -a ${quoted(offers.join(' '))}` : '';
  return `-l ${name}${short ? ` -s ${short}` : ''}${takes}${words} -d ${quoted(about)}`;
}
