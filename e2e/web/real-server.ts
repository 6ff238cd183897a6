/** A homeserver in a process and a folder of its own, as `parley serve` starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export interface RealServer extends AsyncDisposable {
  /** As `http://127.0.0.1:4711`. */
  url: string;
  ownerLink: string;
  stop(): Promise<void>;
  /** On the same port and data. */
  restart(): Promise<void>;
}

export interface RealServerOptions {
  /** What it is called; without it nobody else can reach it, and anybody may make an account. */
  name?: string;
  /** Servers that it dials, by their URLs. */
  peers?: readonly string[];
  /** Who may make an account; default `open`. */
  signUp?: 'open' | 'invite';
}

export async function startRealServer(options: RealServerOptions = {}): Promise<RealServer> {
  const { name, peers = [], signUp = 'open' } = options;
  const data = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  const more = [...(name === undefined ? [] : ['--name', name]), ...peers.flatMap((url) => ['--peer', url])];
  let running = await run(data, '0', more, signUp);
  const { url, ownerLink } = running;
  const stop = async () => {
    if (running.child.exitCode !== null) return;
    running.child.kill('SIGTERM');
    await once(running.child, 'exit');
  };
  return {
    url,
    ownerLink: ownerLink ?? '',
    stop,
    async restart() {
      running = await run(data, new URL(url).port, more, signUp);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function run(data: string, port: string, more: readonly string[], signUp: string) {
  const child = spawn(process.execPath, [main, 'serve', '--port', port, '--data', data, ...more], {
    cwd: data,
    env: { ...process.env, PARLEY_SIGN_UP: signUp },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let url: string | undefined;
  let ownerLink: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /^listening on (\S+)/.exec(line)?.[1];
    ownerLink ??= /^own this server: (\S+)/.exec(line)?.[1];
    if (url && (ownerLink || port !== '0')) break;
  }
  if (!url) throw new Error(`the server ended with ${child.exitCode}`);
  return { child, url, ownerLink };
}
