/** A directory in a process of its own, as `parley directory` starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../packages/cli/src/main.ts');

export interface RealDirectory extends AsyncDisposable {
  /** As `http://127.0.0.1:4711`. */
  readonly url: string;
  /** By SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** By SIGKILL. */
  kill(): Promise<void>;
  /** On the same port, with the same arguments. */
  restart(): Promise<void>;
}

/** @param more arguments of the command, such as `--data`. */
export async function startRealDirectory(...more: string[]): Promise<RealDirectory> {
  let { child, url } = await run('0', more);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    url,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    async restart() {
      ({ child, url } = await run(new URL(url).port, more));
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
    },
  };
}

async function run(port: string, more: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main, 'directory', '--port', port, '--log', 'error', ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^listening on (\S+)/.exec(line)?.[1];
    if (url) return { child, url };
  }
  throw new Error(`the directory ended with ${child.exitCode}`);
}
