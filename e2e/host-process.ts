/** The command as a process on a machine of a network of namespaces. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Host } from './namespaces.ts';

const main = join(import.meta.dirname, '../packages/cli/src/main.ts');

const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_')));

export function parleyOn(host: Host, words: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const [program = '', ...rest] = [...host.within, process.execPath, main, ...words];
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...inherited, ...env } });
}

/** Resolves with the first line that matches, by which it says that it is ready. */
export async function printed(child: ChildProcess, line: RegExp): Promise<string> {
  let failure = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    failure = (failure + text).slice(-2_000);
  });
  for await (const each of createInterface({ input: child.stdout! })) if (line.test(each)) return each;
  throw new Error(`it ended before it was ready: ${failure}`);
}

export async function killed(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
