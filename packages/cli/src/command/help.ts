/** Help, made from the commands. */
import { type Command, groups } from './command.ts';
import { globalOptions, type Options } from './option.ts';
import { synopsis } from './parse.ts';

/** All commands, by group. */
export function overview(commands: readonly Command[], version: string): string {
  const lines = [
    `parley ${version}: chat on a server that people own`,
    '',
    'Usage: parley COMMAND …      parley COMMAND --help',
  ];
  const width = Math.max(...commands.map(({ name }) => name.length));
  for (const group of groups) {
    const members = commands.filter((command) => command.group === group);
    if (members.length === 0) continue;
    lines.push('', `${group}:`);
    for (const { name, about } of members) lines.push(`  ${name.padEnd(width)}  ${firstSentence(about)}`);
  }
  lines.push('', 'Every command takes:', ...optionLines(globalOptions), '', exitLines);
  return `${lines.join('\n')}\n`;
}

/** One command in full. */
export function commandHelp(command: Command): string {
  const lines = [`Usage: ${synopsis(command)}`, '', command.about];
  if (command.details) lines.push('', command.details);
  const { arguments: given, options, examples = [] } = command;
  if (given.length > 0) {
    const width = Math.max(...given.map(({ name }) => name.length));
    lines.push('', 'Arguments:', ...given.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`));
  }
  if (Object.keys(options).length > 0) lines.push('', 'Options:', ...optionLines(options));
  lines.push('', 'Every command takes:', ...optionLines(globalOptions));
  if (examples.length > 0) lines.push('', 'Examples:', ...examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

/** The commands of a family, as of `import`. */
export function familyHelp(family: string, commands: readonly Command[]): string {
  const lines = commands.map((command) => `  ${synopsis(command)}\n      ${command.about}`);
  return `Usage: parley ${family} …\n\n${lines.join('\n')}\n`;
}

const exitLines = [
  'Environment: PARLEY_SERVER, PARLEY_PROFILE, PARLEY_PASSWORD_FILE, PARLEY_TOKEN or PARLEY_TOKEN_FILE (of a bot,',
  'instead of a profile), NO_COLOR; parley serve takes its settings from PARLEY_… too.',
  'Exit codes: 0 done, 1 failure, 2 usage, 3 authentication, 4 not found or not allowed, 5 network or time,',
  '6 another server answers, 7 only a part was sent, 130 interrupted.',
].join('\n');

function optionLines(options: Options): string[] {
  const shown = Object.entries(options).map(([name, { value, short, about }]) => ({
    left: `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
    about,
  }));
  const width = Math.max(...shown.map(({ left }) => left.length));
  return shown.map(({ left, about }) => `  ${left.padEnd(width)}  ${about}`);
}

const firstSentence = (about: string): string => /^.*?[.:](?= |$)/.exec(about)?.[0].replace(/[.:]$/, '') ?? about;
