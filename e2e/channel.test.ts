/** What is said in an ephemeral channel is heard on linked servers, and is in no file, log or metric of any of them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dialUrl } from '@parley/client/node';
import { limits, Refusal } from '@parley/protocol';
import { Connection } from './connection.ts';

const main = join(import.meta.dirname, '../packages/cli/src/main.ts');

interface Home {
  readonly child: ChildProcess;
  readonly url: string;
  readonly metricsUrl: string;
  readonly closed: Promise<unknown>;
}

/** Everything that it writes lies in the folder: its data, its temporary files and what it prints. */
async function serve(folder: string, peers: readonly string[]): Promise<Home> {
  await mkdir(join(folder, 'tmp'), { recursive: true });
  const dialled = peers.flatMap((url) => ['--peer', url]);
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--data', join(folder, 'data'), ...dialled], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TMPDIR: join(folder, 'tmp'),
      PARLEY_LOG_LEVEL: 'debug',
      PARLEY_LIMITS_RATE_FACTOR: '100',
      PARLEY_LISTEN_METRICS_PORT: '0',
    },
  });
  const says = (stream: Readable, what: RegExp): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let said = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = what.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    return promise;
  };
  const ready = Promise.all([says(child.stdout, /^listening on (\S+)$/m), says(child.stderr, /"metricsPort":(\d+)/)]);
  const written = [child.stdout, child.stderr].map((stream, i) =>
    pipeline(stream, createWriteStream(join(folder, i === 0 ? 'stdout' : 'stderr'))),
  );
  const [url, port] = await ready;
  return { child, url, metricsUrl: `http://127.0.0.1:${port}/metrics`, closed: Promise.all(written) };
}

/** Resolves when all that it printed is written down. */
async function ended({ child, closed }: Home, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await closed;
}

/** Comes into the channel. */
async function listener({ url }: Home, name: string, channel: string): Promise<Connection> {
  const connection = await Connection.open(dialUrl(url));
  await connection.request('account.register', { name, password: 'fog horn pepper quay', device: 'test' });
  await connection.request('channel.join', { name: channel });
  return connection;
}

async function hears(connection: Connection, text: string): Promise<void> {
  for (;;) {
    const frame = connection.rest.shift() ?? (await connection.next());
    if (!frame) throw new Error('the server closed');
    if ('event' in frame && frame.event === 'channel.said' && (frame.payload as { text: string }).text === text) return;
  }
}

/** Paths of the files that hold one of `words`, in any usual form. */
async function filesWith(folder: string, words: readonly string[]): Promise<string[]> {
  const forms = words.flatMap((word) => [Buffer.from(word), Buffer.from(word, 'utf16le')]);
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const held = await readFile(path);
    if (forms.some((form) => held.includes(form))) found.push(path.slice(folder.length + 1));
  }
  return found;
}

test('the canary text of an ephemeral channel is in no file, log or metric of any server', {
  timeout: 120_000,
}, async ({ signal }: TestContext) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-channel-'));
  const homes: Home[] = [];
  const draw = (what: string): string => `${what}${randomBytes(8).toString('hex')}`;
  const [channel, canary, kept] = [draw('channel'), draw('canary'), draw('kept')];
  try {
    // In a line: the one in the middle passes on what is said on both sides.
    for (const name of ['one', 'two', 'three'])
      homes.push(
        await serve(
          join(folder, name),
          homes.slice(-1).map(({ url }) => url),
        ),
      );
    const people = await Promise.all(homes.map((home, i) => listener(home, `person-${i}`, channel)));
    const [ada, ben, cleo] = people as [Connection, Connection, Connection];
    for (const person of people)
      while ((await person.request('channel.list', { name: channel })).reach.servers.length < 2)
        await sleep(50, undefined, { signal });

    for (const [i, speaker] of people.entries()) {
      const text = `${canary} ${i}`;
      await speaker.request('channel.send', { name: channel, clientId: `c${i}`, text });
      await Promise.all(people.map((person) => hears(person, text)));
    }
    const tooLong = { name: channel, clientId: 'long', text: canary.padEnd(limits.channelText + 1, canary) };
    await assert.rejects(ada.request('channel.send', tooLong), Refusal);
    const { sync } = await ada.request('room.create', { alias: 'kept', clientId: 'r1' });
    await ada.request('message.send', { room: sync.room.id, clientId: 'm1', body: { text: kept } });

    const words = [channel, canary];
    for (const { metricsUrl } of homes) {
      const shown = await (await fetch(metricsUrl)).text();
      assert.match(shown, /^parley_channels 1$/m);
      assert.ok(!words.some((word) => shown.includes(word)));
    }
    assert.deepEqual(await filesWith(folder, words), []);
    // One dies while it listens; the others end as they should.
    await ended(homes[2]!, 'SIGKILL');
    await ada.request('channel.send', { name: channel, clientId: 'late', text: `${canary} late` });
    await hears(ben, `${canary} late`);
    await cleo.link.close('done');
    await Promise.all(homes.map((home) => ended(home, 'SIGTERM')));
    assert.deepEqual(await filesWith(folder, words), []);
    assert.ok(
      (await filesWith(folder, [kept])).some((path) => path.startsWith('one/data/')),
      'the search finds words',
    );
  } finally {
    await Promise.all(homes.map((home) => ended(home, 'SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  }
});
