/** What a command is given: the shell it runs in, and what every command line may say. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { globalOptions, Values } from './command/option.ts';
import { readDuration } from './duration.ts';
import { usage } from './exit.ts';
import { type Shell, write } from './shell.ts';

export interface Context {
  shell: Shell;
  json: boolean;
  profileFolder: string;
  /** As the command line or the environment names it. */
  server: string | undefined;
  timeoutMs: number;
  /** Whether --timeout was given. */
  hasTimeout: boolean;
  /** Writes a line of data. */
  print(line: string): Promise<void>;
  /** Writes an object as a line of JSON. */
  printJson(value: object): Promise<void>;
  /** Writes a line of talk. */
  say(line: string): void;
}

const defaultTimeoutMs = 30_000;

export function contextOf(shell: Shell, global: Values<typeof globalOptions>): Context {
  const { env, folder } = shell;
  const profile = global.profile ?? env.PARLEY_PROFILE;
  const timeoutMs = global.timeout === undefined ? defaultTimeoutMs : readDuration(global.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) throw usage(`“${global.timeout}” is no time: write 30s or 5m`);
  return {
    shell,
    json: global.json,
    profileFolder: profile ? resolve(folder, profile) : defaultProfileFolder(env),
    server: global.server ?? (env.PARLEY_SERVER || undefined),
    timeoutMs,
    hasTimeout: global.timeout !== undefined,
    print: (line) => write(shell, `${line}\n`),
    printJson: (value) => write(shell, `${JSON.stringify({ v: 1, ...value })}\n`),
    say: (line) => {
      shell.stderr.write(`${line}\n`);
    },
  };
}

/** XDG Base Directory Specification: `$XDG_CONFIG_HOME/parley`, else `~/.config/parley`. */
function defaultProfileFolder(env: Shell['env']): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'parley');
}
