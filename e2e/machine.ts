/** A homeserver on a machine of a network of namespaces, and the people at its terminals. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

export class Machine {
  readonly name: string;
  readonly host: Host;
  /** As people on this machine dial it. */
  readonly url = `http://127.0.0.1:${port}`;
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly #terminals: Terminal[] = [];
  #server: ChildProcess | undefined;

  /** @param words of `parley serve` */
  constructor(host: Host, name: string, folder: string, words: readonly string[]) {
    this.host = host;
    this.name = name;
    this.#folder = folder;
    this.#words = words;
  }

  /** As others dial a machine with a public address. */
  static publicUrl = ({ address }: Host): string => `http://${address}:${port}`;

  /** Resolves when it listens. @param owner who becomes its owner, when it is started for the first time */
  async start(owner?: string): Promise<void> {
    const listen = ['--host', '0.0.0.0', '--port', String(port)];
    this.#server = parleyOn(this.host, ['serve', ...listen, '--data', join(this.#folder, 'data'), ...this.#words], {
      PARLEY_SIGN_UP: 'open',
      PARLEY_DNS_RESOLVER: 'none',
      PARLEY_LIMITS_RATE_FACTOR: '100',
      PARLEY_LOG_LEVEL: 'warn',
    });
    if (owner === undefined) return void (await printed(this.#server, /^listening on /));
    const link = await printed(this.#server, /#claim=/);
    await this.#person(owner);
    await this.parley(owner, 'claim', link.slice(link.indexOf('http')));
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

  /** Runs one command as somebody; resolves with what it printed, rejects with what it complained of. */
  async parley(person: string, ...words: string[]): Promise<string> {
    const child = parleyOn(this.host, words, this.#env(person));
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    child.stdin?.end();
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`parley ${words.join(' ')} of ${person} ended with ${code}: ${said.stderr}`);
    return said.stdout;
  }

  /** How many servers it is linked with. */
  async linked(owner: string): Promise<number> {
    const lines = (await this.parley(owner, 'servers', '--json')).trimEnd().split('\n');
    return lines.filter((line) => line !== '' && JSON.parse(line).state === 'linked').length;
  }

  /** A room's log as this server has it. */
  async log(person: string, room: string): Promise<LogLine[]> {
    const printed = await this.parley(person, 'tail', room, '--json', '--count', '20000');
    return printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ seq, kind, userId, clientId, text }) => ({ seq, kind, userId, clientId, text }));
  }

  /** Somebody sits down at a terminal that stays open. */
  terminal(person: string): Terminal {
    const terminal = new Terminal(person, parleyOn(this.host, ['rpc'], this.#env(person)));
    this.#terminals.push(terminal);
    return terminal;
  }

  async end(): Promise<void> {
    await Promise.all([this.kill(), ...this.#terminals.map((terminal) => terminal.end())]);
  }

  #env(person: string): Record<string, string> {
    return {
      PARLEY_SERVER: this.url,
      PARLEY_PROFILE: join(this.#folder, person),
      PARLEY_PASSWORD_FILE: join(this.#folder, 'password'),
    };
  }
}
