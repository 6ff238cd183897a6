/** A server in this process, and people who type commands at it. For tests. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type RunningServer, silentLog, startServer } from '@parley/server';
import { commands } from './command/registry.ts';
import { Interrupted } from './exit.ts';
import { run } from './run.ts';

export interface Ran {
  exit: number;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON. */
  json(): Record<string, unknown>[];
}

/** A command that goes on until it is stopped. */
export interface Running {
  done: Promise<Ran>;
  stdin: PassThrough;
  /** Ctrl-C. */
  interrupt(): void;
  /** Resolves with stdout as soon as it holds `text`; rejects when the command ends before. */
  shows(text: string): Promise<string>;
  says(text: string): Promise<string>;
}

export interface Person {
  readonly profile: string;
  parley(...words: string[]): Promise<Ran>;
  start(...words: string[]): Running;
  /** As `start`, with stderr on a terminal: progress is shown step by step. */
  startShown(...words: string[]): Running;
}

export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly server: RunningServer;
  readonly url: string;
  /** Somebody with a profile of their own; signed up and in when `name` is given. */
  person(name?: string): Promise<Person>;
  /** As `person`, and an operator of the server: only the first one can be. */
  owner(name: string): Promise<Person>;
  /** Stops the server and starts it again at the same address. */
  restart(): Promise<void>;
  /** Stops the server, until `restart`. */
  stop(): Promise<void>;
}

export const testPassword = 'correct horse battery';

/** A server over a folder of its own. @param name what it is called; `localhost` when absent */
export async function testWorld(name?: string): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-cli-'));
  const start = (port: string) =>
    startServer({
      flags: { host: '127.0.0.1', port, data: join(folder, 'data'), name },
      env: { PARLEY_LIMITS_RATE_FACTOR: '1000', PARLEY_SIGN_UP: 'open' },
      log: silentLog,
    });
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${testPassword}\n`);
  let server = await start('0');
  let people = 0;
  const world: World = {
    folder,
    get server() {
      return server;
    },
    url: server.url,
    async person(name) {
      const person = personAt(join(folder, `profile-${++people}`), world.url, folder);
      if (name !== undefined) await person.parley('register', name, '--password-file', passwordFile);
      return person;
    },
    async owner(name) {
      const person = await world.person(name);
      await person.parley('claim', server.ownerLink ?? '');
      return person;
    },
    stop: () => server.close(),
    async restart() {
      await server.close();
      server = await start(new URL(world.url).port);
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Two servers that are linked: `here.example`, which dials, and `there.example`. */
export async function linkedWorlds(): Promise<{ here: World; there: World } & AsyncDisposable> {
  const here = await testWorld('here.example');
  const there = await testWorld('there.example');
  const linked = await (await here.owner('keeper')).parley('connect', there.url);
  if (!linked.stdout.startsWith('connected')) throw new Error(`no link: ${linked.stdout}${linked.stderr}`);
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}

function personAt(profile: string, url: string, folder: string): Person {
  const env = { PARLEY_SERVER: url, PARLEY_PROFILE: profile };
  return {
    profile,
    async parley(...words) {
      const running = start(words, env, folder);
      running.stdin.end();
      return running.done;
    },
    start: (...words) => start(words, env, folder),
    startShown: (...words) => start(words, env, folder, true),
  };
}

/** Runs one command line in this process. */
export function start(
  words: readonly string[],
  env: Record<string, string>,
  folder = tmpdir(),
  isTerminal = false,
): Running {
  const stop = new AbortController();
  const stdin = new PassThrough();
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const shell = {
    env,
    folder,
    stdin,
    stdout: stdout.stream,
    stderr: Object.assign(stderr.stream, { isTTY: isTerminal }),
    signal: stop.signal,
    now: Date.now,
  };
  const done = run(words, shell, commands).then((exit) => {
    const ran = { exit, stdout: stdout.text, stderr: stderr.text, json: () => jsonLines(stdout.text) };
    for (const each of [stdout, stderr]) each.ended(`ended with ${exit}: ${ran.stdout}${ran.stderr}`);
    return ran;
  });
  return {
    done,
    stdin,
    interrupt: () => stop.abort(new Interrupted('SIGINT')),
    shows: (text) => stdout.holds(text),
    says: (text) => stderr.holds(text),
  };
}

function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What was written, and who waits for something in it. */
class Recorder {
  readonly stream = new PassThrough();
  text = '';
  #end: string | undefined;
  #waiting: { text: string; resolve(all: string): void; reject(error: Error): void }[] = [];

  constructor() {
    this.stream.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.#tell();
    });
  }

  holds(text: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.push({ text, resolve, reject });
    this.#tell();
    return promise;
  }

  ended(how: string): void {
    this.#end = how;
    this.#tell();
  }

  #tell(): void {
    this.#waiting = this.#waiting.filter(({ text, resolve, reject }) => {
      if (this.text.includes(text)) resolve(this.text);
      else if (this.#end === undefined) return true;
      else reject(new Error(`“${text}” never came; ${this.#end}`));
      return false;
    });
  }
}
