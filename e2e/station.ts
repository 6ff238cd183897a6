/** A machine of a Net with a homeserver on it, and terminals beside that. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { identityIn } from '@parley/server';
import type { Host } from './namespaces.ts';

const main = join(import.meta.dirname, '../packages/cli/src/main.ts');
const port = 8080;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A terminal that shows a room as it goes on. */
export interface Watcher {
  /** The text of each message, in order. */
  readonly texts: readonly string[];
}

/** What is started ends with the test, however that ends. */
export class Station implements AsyncDisposable {
  readonly host: Host;
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly #children = new Set<ChildProcess>();
  #server: ChildProcess | undefined;

  /** @param words options of `parley serve` */
  constructor(host: Host, folder: string, words: readonly string[]) {
    this.host = host;
    this.#folder = folder;
    this.#words = words;
  }

  /** Of its homeserver, once that has been started. */
  get id(): string {
    const id = identityIn(join(this.#folder, 'data'));
    if (id === undefined) throw new Error('the homeserver has not been started');
    return id;
  }

  /** Starts its homeserver; in its first life its terminals become those of an owner. */
  async start(life: 'first' | 'later' = 'later'): Promise<void> {
    const link = await this.#start('serve', life === 'first' ? /^own this server: (\S+)/ : /^listening on (\S+)/);
    if (life === 'later') return;
    await writeFile(join(this.#folder, 'password'), 'correct horse battery\n');
    await this.parley('register', 'owner');
    await this.parley('claim', link);
  }

  /** Starts a directory in its place. */
  async startDirectory(): Promise<void> {
    await this.#start('directory', /^listening on (\S+)/);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.#server) await end(this.#server);
  }

  /** Runs a command to its end; rejects unless it succeeds. */
  async parley(...words: string[]): Promise<Ended> {
    const child = this.#spawn(words);
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`parley ${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return { code, stdout, stderr };
  }

  /** What a command prints with --json. */
  async json(...words: string[]): Promise<Record<string, unknown>[]> {
    const { stdout } = await this.parley(...words, '--json');
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  watch(room: string): Watcher {
    const texts: string[] = [];
    const { stdout } = this.#spawn(['tail', room, '--follow', '--json', '--count', '1000']);
    createInterface({ input: stdout! }).on('line', (line) => {
      const { kind, text } = JSON.parse(line) as { kind: string; text?: string };
      if (kind === 'message') texts.push(text ?? '');
    });
    return { texts };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map(end));
  }

  async #start(command: string, says: RegExp): Promise<string> {
    const data = ['--port', String(port), '--data', join(this.#folder, 'data')];
    const child = this.#spawn([command, ...data, ...this.#words]);
    this.#server = child;
    for await (const line of createInterface({ input: child.stdout! })) {
      const said = says.exec(line)?.[1];
      if (said !== undefined) return said;
    }
    throw new Error(`parley ${command} ended with ${child.exitCode}`);
  }

  #spawn(words: readonly string[]): ChildProcess {
    const [program = '', ...within] = this.host.within;
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
    const child = spawn(program, [...within, process.execPath, main, ...words], {
      stdio: ['ignore', 'pipe', words[0] === 'serve' ? 'inherit' : 'pipe'],
      env: {
        ...Object.fromEntries(inherited),
        PARLEY_LOG_LEVEL: 'error',
        PARLEY_SIGN_UP: 'open',
        PARLEY_DNS_RESOLVER: 'none',
        PARLEY_SERVER: `http://127.0.0.1:${port}`,
        PARLEY_PROFILE: join(this.#folder, 'profile'),
        PARLEY_PASSWORD_FILE: join(this.#folder, 'password'),
      },
    });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    return child;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
