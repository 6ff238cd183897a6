/** Finds the command that a command line means. */
import { usage } from '../exit.ts';
import type { Command } from './command.ts';

export type Found =
  | { found: 'command'; command: Command; words: readonly string[] }
  /** A family was named without its member. */
  | { found: 'family'; name: string; commands: readonly Command[] };

/** The longest name wins: `import irc` before `import`. Throws a usage failure when there is none. */
export function find(commands: readonly Command[], words: readonly string[]): Found {
  const [first = '', second = ''] = words;
  for (const name of [`${first} ${second}`, first]) {
    const command = commands.find((each) => each.name === name);
    if (command) return { found: 'command', command, words: words.slice(name.split(' ').length) };
  }
  const family = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length > 0) return { found: 'family', name: first, commands: family };
  const near = nearest(
    first,
    commands.map(({ name }) => name.split(' ')[0]!),
  );
  throw usage(`there is no command “${first}”${near ? `; do you mean ${near}?` : ''} (see parley --help)`);
}

/** The name that is at most two slips away. */
function nearest(word: string, names: readonly string[]): string | undefined {
  const ranked = names.map((name) => ({ name, slips: distance(word, name) })).sort((a, b) => a.slips - b.slips);
  const best = ranked[0];
  return best && best.slips <= Math.min(2, word.length - 1) ? best.name : undefined;
}

/** Levenshtein's distance; words of a command line are short, so longer ones are cut. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a.slice(0, 40)].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (letter === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
