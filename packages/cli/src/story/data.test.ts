import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testWorld } from '../testing.ts';

const log = [
  '[10:00] <ada> good morning',
  '=== bob [~b@x] has joined #tea',
  '[10:01]  * bob waves',
  '[10:02] <bob>',
  '[10:03] <ada> good morning',
  '=== bob [~b@x]  has left #tea ["bye"]',
];

test('an IRC log becomes a room with its times and authors, once', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const second = join(world.folder, '2005-02-09.b.raw.txt');
  const first = join(world.folder, '2005-02-08.a.raw.txt');
  await writeFile(first, `${log.join('\n')}\n`);
  await writeFile(second, '[09:00] <carl> next day\n');
  const run = () => ada.parley('import', 'irc', second, first, '--room', '#tea', '--json');
  const [tally] = (await run()).json();
  assert.deepEqual(tally, { v: 1, room: '#tea', files: 2, added: 6, skipped: 0, empty: 1, cut: 0 });
  const [again] = (await run()).json();
  assert.deepEqual(again, { v: 1, room: '#tea', files: 2, added: 0, skipped: 6, empty: 1, cut: 0 });

  const entries = (await ada.parley('tail', 'tea', '--json')).json().slice(1);
  assert.deepEqual(
    entries.map(({ at, kind, text, action }) => [at, kind, text, action ?? false]),
    [
      ['2005-02-08T10:00:00.000Z', 'message', 'good morning', false],
      ['2005-02-08T10:00:00.000Z', 'system', 'bob joined', false],
      ['2005-02-08T10:01:00.000Z', 'message', 'waves', true],
      ['2005-02-08T10:03:00.000Z', 'message', 'good morning', false],
      ['2005-02-08T10:03:00.000Z', 'system', 'bob left (bye)', false],
      ['2005-02-09T09:00:00.000Z', 'message', 'next day', false],
    ],
  );
  const said = entries.filter(({ kind }) => kind === 'message').map(({ user }) => user);
  assert.deepEqual(said, ['@ada:localhost', '@bob:localhost', '@ada:localhost', '@carl:localhost']);
});

test('an import that was stopped goes on where it stopped', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const file = join(world.folder, '2005-02-08.long.raw.txt');
  const lines = Array.from({ length: 1_500 }, (_, i) => `[10:00] <nick${i % 7}> line ${i}`);
  await writeFile(file, lines.join('\n'));
  const stopped = ada.startShown('import', 'irc', file, '--room', 'long');
  await stopped.says(' lines added');
  stopped.interrupt();
  const { exit, stdout } = await stopped.done;
  assert.equal(exit, 130);
  assert.match(stdout, /^#long: [\d,]+ lines added, 0 there already\n$/);
  const [tally] = (await ada.parley('import', 'irc', file, '--room', 'long', '--json')).json();
  assert.equal(Number(tally?.added) + Number(tally?.skipped), 1_500);
  const entries = (await ada.parley('tail', 'long', '--json', '--count', '2000')).json().slice(1);
  assert.deepEqual(
    entries.map(({ text }) => text),
    lines.map((_, i) => `line ${i}`),
  );
});

test('an import goes on when the server was started again', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const file = join(world.folder, '2005-02-08.long.raw.txt');
  await writeFile(file, Array.from({ length: 2_000 }, (_, i) => `[10:00] <nick${i % 7}> line ${i}`).join('\n'));
  const importing = ada.start('import', 'irc', file, '--room', 'long', '--json');
  while (!(await ada.parley('rooms', '--json')).stdout.includes('#long'));
  await world.restart();
  const [tally] = (await importing.done).json();
  assert.equal(Number(tally?.added) + Number(tally?.skipped), 2_000);
  const entries = (await ada.parley('tail', 'long', '--json', '--count', '3000')).json();
  assert.equal(entries.filter(({ kind }) => kind === 'message').length, 2_000);
});

test('what is wrong with an import is said before anything is done', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const bob = await world.person('bob');
  const file = join(world.folder, '2005-02-08.a.raw.txt');
  await writeFile(file, log.join('\n'));
  await writeFile(join(world.folder, 'notes.txt'), 'x');
  assert.equal((await ada.parley('import', 'irc', file)).exit, 2);
  assert.equal((await ada.parley('import', 'irc', join(world.folder, 'notes.txt'), '--room', 'x')).exit, 2);
  assert.equal((await ada.parley('import', 'irc', join(world.folder, '2005-01-01.x.raw.txt'), '--room', 'x')).exit, 1);
  assert.equal((await bob.parley('import', 'irc', file, '--room', 'x')).exit, 4);
  assert.equal((await ada.parley('rooms', '--public')).stdout, '');
  assert.equal((await ada.parley('import', 'irc', file, file, '--room', 'x')).exit, 2);
  assert.equal((await ada.parley('import')).exit, 2);
});

test('an exported room is identical where it came from, and an archive elsewhere', async () => {
  await using world = await testWorld();
  await using elsewhere = await testWorld();
  const ada = await world.owner('ada');
  await ada.parley('create', 'ops', '--topic', 'what broke');
  await ada.parley('send', 'ops', 'häuser & “quotes”');
  await ada.parley('react', 'ops', ':tada:', '2');
  const file = join(world.folder, 'ops.jsonl');
  assert.equal((await ada.parley('export', 'ops', '--out', file)).exit, 0);
  assert.equal((await stat(file)).mode & 0o077, 0);
  assert.equal((await ada.parley('export', 'ops', '--out', file)).exit, 1);
  const printed = await ada.parley('export', 'ops');
  assert.deepEqual(
    printed.json().map(({ seq, kind, text }) => [seq, kind, text]),
    [
      [1, 'create', undefined],
      [2, 'message', 'häuser & “quotes”'],
      [3, 'react', undefined],
      [undefined, undefined, undefined],
    ],
  );

  const verified = await ada.parley('import', 'parley', file, '--verify-only');
  assert.deepEqual([verified.exit, verified.stdout], [0, '3 lines, the chain is whole\n']);
  assert.equal((await ada.parley('import', 'parley', file, '--json')).json()[0]?.result, 'identical');

  const eve = await elsewhere.owner('eve');
  const [archived] = (await eve.parley('import', 'parley', file, '--json')).json();
  assert.equal(archived?.result, 'archived');
  const room = String(archived?.roomId);
  const read = (await eve.parley('tail', room, '--json')).json();
  assert.deepEqual(
    read.map(({ kind, text }) => [kind, text]),
    [
      ['create', undefined],
      ['message', 'häuser & “quotes”'],
      ['react', undefined],
    ],
  );
  assert.equal((await eve.parley('send', room, 'x')).exit, 4);
  const again = await eve.parley('export', room);
  assert.deepEqual(again.json().at(-1), printed.json().at(-1));
});

test('a file that was changed, cut off or is none is refused, and the line is named', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  await ada.parley('create', 'ops');
  await ada.parley('send', 'ops', 'one');
  await ada.parley('send', 'ops', 'two');
  const { stdout } = await ada.parley('export', 'ops');
  const lines = stdout.trimEnd().split('\n');
  const file = join(world.folder, 'changed.jsonl');
  const verdict = async (changed: readonly string[]) => {
    await writeFile(file, `${changed.join('\n')}\n`);
    const { exit, stderr } = await ada.parley('import', 'parley', file);
    assert.equal(exit, 1, stderr);
    return stderr;
  };
  assert.match(await verdict(lines.slice(0, -1)), /no checkpoint at its end/);
  assert.match(await verdict(lines.toSpliced(1, 1)), /line 2 has the place 1\.3/);
  assert.match(await verdict(['not json', ...lines]), /line 1 is no line of an exported room/);
  assert.match(await verdict([...lines, lines[0]!]), /after the checkpoint/);
  const changed = JSON.parse(lines[1]!);
  changed.parts[0].salt = 'A'.repeat(22);
  assert.match(await verdict(lines.with(1, JSON.stringify(changed))), /line 2 holds a text that was changed/);
});

test('real logs of a support channel are read whole', async (context) => {
  const folder = fileURLToPath(new URL('../../../../../shared/data/irc/', import.meta.url));
  const name = '2005-02-08.train-a.raw.txt';
  if (!existsSync(folder)) return context.skip('no logs in ../shared/data/irc');
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const file = join(folder, name);
  const events = (await readFile(file, 'latin1')).split('\n').filter((line) => line.trim() !== '').length;
  const [tally] = (await ada.parley('import', 'irc', file, '--room', 'ubuntu', '--json')).json();
  assert.equal(Number(tally?.added) + Number(tally?.empty), events);
});
