/** A homeserver, or a directory, on a machine of a network of namespaces, and the people at its terminals. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { identityIn } from '@parley/server';
import { killed, parleyOn, printed } from './host-process.ts';
import type { Host } from './namespaces.ts';
import { Terminal } from './terminal-process.ts';

/** Where each server listens: every machine has all ports for itself. */
const port = 8080;

/** One line of `tail --json`, as far as it is the same on all servers. */
export interface LogLine {
  readonly seq: number;
  readonly kind: string;
  readonly userId: string;
  readonly clientId: string;
  readonly text?: string | null;
}

/** A terminal that shows a room as it goes on. */
export interface Watcher {
  /** The text of each message, in order. */
  readonly texts: readonly string[];
}

/** What is started ends with the test, however that ends. */
export class Machine implements AsyncDisposable {
  readonly name: string;
  readonly host: Host;
  /** As people on this machine dial it. */
  readonly url = `http://127.0.0.1:${port}`;
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly #terminals: Terminal[] = [];
  readonly #watching: ChildProcess[] = [];
  #server: ChildProcess | undefined;

  /** @param words of `parley serve`, or of `parley directory` */
  constructor(host: Host, name: string, folder: string, words: readonly string[]) {
    this.host = host;
    this.name = name;
    this.#folder = folder;
    this.#words = words;
  }

  /** As others dial a machine with a public address. */
  static publicUrl = ({ address }: Host): string => `http://${address}:${port}`;

  /** Of its homeserver, once that has been started. */
  get id(): string {
    const id = identityIn(join(this.#folder, 'data'));
    if (id === undefined) throw new Error('the homeserver has not been started');
    return id;
  }

  /** Resolves when it listens. @param owner who becomes its owner, when it is started for the first time */
  async start(owner?: string): Promise<void> {
    this.#server = this.#run('serve');
    if (owner === undefined) return void (await printed(this.#server, /^listening on /));
    const link = await printed(this.#server, /#claim=/);
    await this.#person(owner);
    await this.parley(owner, 'claim', link.slice(link.indexOf('http')));
  }

  /** Starts a directory in place of a homeserver. */
  async startDirectory(): Promise<void> {
    this.#server = this.#run('directory');
    await printed(this.#server, /^listening on /);
  }

  async kill(): Promise<void> {
    await killed(this.#server);
  }

  /** Makes an account and a profile for somebody. */
  async #person(name: string): Promise<void> {
    await mkdir(join(this.#folder, name), { recursive: true });
    await writeFile(join(this.#folder, 'password'), 'correct horse battery\n');
    await this.parley(name, 'register', name);
  }

  /** Runs one command as somebody; resolves with what it said, rejects with what it complained of. */
  async parley(person: string, ...words: string[]): Promise<{ stdout: string; stderr: string }> {
    const child = parleyOn(this.host, words, this.#env(person));
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.stdin?.end();
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`parley ${words.join(' ')} of ${person} ended with ${code}: ${said.stderr}`);
    return said;
  }

  /** What a command prints with --json. */
  async json(person: string, ...words: string[]): Promise<Record<string, unknown>[]> {
    const { stdout } = await this.parley(person, ...words, '--json');
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** How many servers it is linked with. */
  async linked(owner: string): Promise<number> {
    return (await this.json(owner, 'servers')).filter(({ state }) => state === 'linked').length;
  }

  /** A room's log as this server has it. */
  async log(person: string, room: string): Promise<LogLine[]> {
    const lines = (await this.json(person, 'tail', room, '--count', '20000')) as unknown as LogLine[];
    return lines.map(({ seq, kind, userId, clientId, text }) => ({ seq, kind, userId, clientId, text: text ?? null }));
  }

  /** Somebody follows a room from its first message that is shown. */
  watch(person: string, room: string): Watcher {
    const texts: string[] = [];
    const words = ['tail', room, '--follow', '--json', '--count', '1000'];
    const child = parleyOn(this.host, words, this.#env(person));
    this.#watching.push(child);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const { kind, text } = JSON.parse(line) as { kind: string; text?: string };
      if (kind === 'message') texts.push(text ?? '');
    });
    return { texts };
  }

  /** Somebody sits down at a terminal that stays open. */
  terminal(person: string): Terminal {
    const terminal = new Terminal(person, parleyOn(this.host, ['rpc'], this.#env(person)));
    this.#terminals.push(terminal);
    return terminal;
  }

  async end(): Promise<void> {
    await Promise.all([
      this.kill(),
      ...this.#watching.map(killed),
      ...this.#terminals.map((terminal) => terminal.end()),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #run(command: 'serve' | 'directory'): ChildProcess {
    const place = ['--port', String(port), '--data', join(this.#folder, 'data')];
    return parleyOn(this.host, [command, ...place, ...this.#words], {
      PARLEY_SIGN_UP: 'open',
      PARLEY_DNS_RESOLVER: 'none',
      PARLEY_LIMITS_RATE_FACTOR: '100',
      PARLEY_LOG_LEVEL: 'warn',
    });
  }

  #env(person: string): Record<string, string> {
    return {
      PARLEY_SERVER: this.url,
      PARLEY_PROFILE: join(this.#folder, person),
      PARLEY_PASSWORD_FILE: join(this.#folder, 'password'),
    };
  }
}
