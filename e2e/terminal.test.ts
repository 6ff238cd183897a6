// The command as people run it: processes, pipes, signals and exit codes.

import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

interface Process {
  child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves with what was captured when stdout holds `text`; rejects when the process ends before. */
  shows(text: string): Promise<string>;
  done: Promise<Ended>;
}

function parley(words: readonly string[], env: Record<string, string> = {}): Process {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve(all: string): void; reject(error: Error): void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    for (const each of waiting) if (stdout.includes(each.text)) each.resolve(stdout);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => {});
  const done = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      for (const { text, reject } of waiting)
        reject(new Error(`“${text}” never came, ended with ${code ?? signal}: ${stdout}${stderr}`));
      resolve({ code, signal, stdout, stderr });
    });
  });
  const shows = (text: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (stdout.includes(text)) resolve(stdout);
    else waiting.push({ text, resolve, reject });
    return promise;
  };
  return { child, shows, done };
}

async function run(words: readonly string[], env: Record<string, string>, input = ''): Promise<Ended> {
  const running = parley(words, env);
  running.child.stdin.end(input);
  return running.done;
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-e2e-terminal-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Serves from `folder` while `use` runs; then SIGTERM must end it well. */
async function serving(folder: string, use: (url: string, ownerLink: string) => Promise<void>): Promise<void> {
  const env = { PARLEY_LIMITS_RATE_FACTOR: '100', PARLEY_LOG_LEVEL: 'warn' };
  const server = parley(['serve', '--port', '0', '--data', join(folder, 'data')], env);
  try {
    const shown = await server.shows('#claim=');
    const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(shown)?.[1];
    assert.ok(url, shown);
    await use(url, /(\S+#claim=\S+)/.exec(shown)?.[1] ?? '');
    server.child.kill('SIGTERM');
    const { code, stderr } = await server.done;
    assert.equal(code, 0, stderr);
  } finally {
    server.child.kill('SIGKILL');
  }
}

async function account(folder: string, url: string, name: string): Promise<Record<string, string>> {
  await writeFile(join(folder, 'password'), 'correct horse battery\n');
  const env = {
    PARLEY_SERVER: url,
    PARLEY_PROFILE: join(folder, name),
    PARLEY_PASSWORD_FILE: join(folder, 'password'),
  };
  const { code, stderr } = await run(['register', name], env);
  assert.equal(code, 0, stderr);
  return env;
}

test('parley serve says where it listens, serves the app, ends well, and refuses a newer database', () =>
  inFolder(async (folder) => {
    await serving(folder, async (url) => {
      const page = await fetch(url);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<title>/i);
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
    });
    const database = new DatabaseSync(join(folder, 'data', 'parley.sqlite'));
    database.exec("UPDATE meta SET value = 9999 WHERE name = 'schema'");
    database.close();
    const { code, stderr } = await run(['serve', '--port', '0', '--data', join(folder, 'data')], {});
    assert.equal(code, 2);
    assert.match(stderr, /^parley: the database has schema 9999[^\n]*\n$/);
  }));

test('what keeps parley serve from starting is one line and exit code 2', () =>
  inFolder(async (folder) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = async (words: readonly string[], env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await run(['serve', '--data', join(folder, 'data'), ...words], env);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /^parley: [^\n]+\n$/);
      return stderr;
    };
    try {
      await writeFile(join(folder, 'bad.toml'), 'colour = "red"\n');
      await writeFile(join(folder, 'file'), '');
      assert.match(await refused(['--port', String(port)]), /cannot listen on .*:\d+/);
      assert.match(await refused(['--port', 'ninety']), /--port/);
      assert.match(await refused(['--config', join(folder, 'missing.toml')]), /missing\.toml does not exist/);
      assert.match(await refused(['--config', join(folder, 'bad.toml')]), /colour .*is no setting/);
      assert.match(await refused(['--port', '0', '--data', join(folder, 'file')]), /file/);
      const misspelt = await refused(['--port', '0'], { PARLEY_LISTEN_PROT: '1' });
      assert.equal(misspelt, 'parley: PARLEY_LISTEN_PROT is no setting\n');
    } finally {
      taken.close();
    }
  }));

test('a data folder is one server’s at a time, and free again at once after kill -9', () =>
  inFolder(async (folder) => {
    const words = ['serve', '--port', '0', '--data', join(folder, 'data')];
    const first = parley(words);
    try {
      await first.shows('listening on ');
      const second = await run(words, {});
      assert.deepEqual([second.code, second.stdout], [2, '']);
      assert.match(second.stderr, /^parley: another server is running on the data folder [^\n]+\n$/);
      first.child.kill('SIGKILL');
      await first.done;
      await serving(folder, async (url) => assert.equal((await fetch(`${url}/readyz`)).status, 200));
    } finally {
      first.child.kill('SIGKILL');
    }
  }));

test('parley serve does not take the variables of other commands for settings, and ends well on SIGINT', () =>
  inFolder(async (folder) => {
    const env = { PARLEY_SERVER: 'http://localhost:1', PARLEY_PROFILE: folder, PARLEY_PASSWORD_FILE: 'x' };
    const server = parley(['serve', '--port', '0', '--data', join(folder, 'data')], env);
    await server.shows('listening on ');
    server.child.kill('SIGINT');
    assert.equal((await server.done).code, 0);
  }));

test('commands in scripts', (context) =>
  inFolder((folder) =>
    serving(folder, async (url, ownerLink) => {
      const env = await account(folder, url, 'ada');
      assert.equal((await run(['create', '#ops'], env)).code, 0);
      await context.test('send from a pipe, read into a pipe that closes early, and stop at SIGINT', () => pipes(env));
      await context.test('write no colours into pipes and ask no questions of them', () => quiet(env));
      await context.test('go on without repeats when an import was killed', () => killed(folder, env, ownerLink));
      await context.test('warn of a key that others can read', () => openKey(folder, env));
    }),
  ));

type Environment = Record<string, string>;

async function pipes(env: Environment): Promise<void> {
  const sent = await run(['send', '#ops', '-', '--json'], env, 'line 1\nline 2\n');
  assert.equal(JSON.parse(sent.stdout).seq, 2);
  const following = parley(['tail', '#ops', '--follow', '--json'], env);
  await following.shows('line 1\\nline 2');
  await run(['send', '#ops', 'live'], env);
  await following.shows('"live"');
  following.child.kill('SIGINT');
  const stopped = await following.done;
  assert.deepEqual([stopped.code, stopped.stderr], [130, '']);

  const head = parley(['tail', '#ops', '--follow', '--json'], env);
  await head.shows('line 1');
  head.child.stdout.destroy();
  await run(['send', '#ops', 'nobody reads this'], env);
  const { code, stderr } = await head.done;
  assert.deepEqual([code, stderr], [0, '']);
}

async function quiet(env: Environment): Promise<void> {
  await run(['send', '#ops', '\u001b[31mred'], env);
  const { stdout } = await run(['tail', '#ops'], { ...env, FORCE_COLOR: '1' });
  assert.match(stdout, /ada {2}red\n$/);
  assert.ok(!stdout.includes('\u001b'));
  const { PARLEY_PASSWORD_FILE: _, ...without } = env;
  const asked = await run(['login', 'ada'], without);
  assert.deepEqual([asked.code, asked.stdout], [2, '']);
}

async function killed(folder: string, env: Environment, ownerLink: string): Promise<void> {
  assert.equal((await run(['claim', ownerLink], env)).code, 0);
  const log = join(folder, '2005-02-08.a.raw.txt');
  await writeFile(log, Array.from({ length: 4_000 }, (_, i) => `[10:00] <nick${i % 9}> line ${i}`).join('\n'));
  const words = ['import', 'irc', log, '--room', '#tea', '--json'];
  const importing = parley(words, env);
  while (!(await run(['rooms'], env)).stdout.includes('#tea'));
  importing.child.kill('SIGKILL');
  await importing.done;
  const { added, skipped } = JSON.parse((await run(words, env)).stdout);
  assert.equal(added + skipped, 4_000);
  const read = await run(['tail', '#tea', '--json', '--count', '5000'], env);
  const texts = read.stdout.trimEnd().split('\n').slice(1);
  assert.deepEqual(
    texts.map((line) => JSON.parse(line).text),
    Array.from({ length: 4_000 }, (_, i) => `line ${i}`),
  );
}

async function openKey(folder: string, env: Environment): Promise<void> {
  const key = join(folder, 'key.pem');
  assert.match((await run(['keygen', key], env)).stdout, /^[a-z2-7]{52}\n$/);
  assert.equal((await run(['key', 'add', key], env)).code, 0);
  const warning = /can be read by others/;
  assert.doesNotMatch((await run(['login', 'ada', '--key', key], env)).stderr, warning);
  await chmod(key, 0o644);
  const { code, stderr } = await run(['login', 'ada', '--key', key], env);
  assert.equal(code, 0);
  if (process.platform !== 'win32') assert.match(stderr, warning);
}

test('two people write to each other from their terminals', () =>
  inFolder((folder) =>
    serving(folder, async (url) => {
      const [ada, bob] = [await account(folder, url, 'ada'), await account(folder, url, 'bob')];
      const piped = await run(['dm', '@bob', '-'], ada, 'the light\nis red\n');
      assert.equal(piped.code, 0, piped.stderr);
      assert.match((await run(['rooms'], bob)).stdout, /^@ada +1 member +\(wants to write to you\)\n$/);
      assert.equal((await run(['tail', '@ada'], bob)).code, 4);
      assert.equal((await run(['join', '@ada'], bob)).code, 0);
      const heard = parley(['tail', '@bob', '--follow'], ada);
      await heard.shows('is red');
      const chat = await run(['chat', '@ada'], bob, 'I see it\n/msg @ada and you?\n');
      assert.equal(chat.code, 0, chat.stderr);
      assert.match(chat.stdout, /the light\n/);
      await heard.shows('and you?');
      heard.child.kill('SIGINT');
      await heard.done;
      assert.match((await run(['rooms'], ada)).stdout, /^@bob +2 members/);
    }),
  ));
