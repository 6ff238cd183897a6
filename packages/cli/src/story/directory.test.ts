import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { start, testWorld } from '../testing.ts';

test('a directory says where it listens, shows its page, and ends when it is told to', async () => {
  const running = start(['directory', '--port', '0', '--log', 'silent'], {});
  const url = /listening on (\S+)/.exec(await running.shows('listening on '))?.[1];
  assert.match(await (await fetch(`${url}/`)).text(), /Servers of the network/);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  running.interrupt();
  const { exit, stdout } = await running.done;
  assert.equal(exit, 0);
  assert.match(stdout, /^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('a directory that cannot start says why in one line', async () => {
  await using world = await testWorld();
  const file = join(world.folder, 'file');
  await writeFile(file, '');
  const { port } = new URL(world.url);
  for (const [words, line] of [
    [['--port', port], /something else listens there/],
    [['--port', 'x'], /--port must be a whole number/],
    [['--data', join(world.folder, 'data')], /another server is running on the data folder/],
    [['--data', join(file, 'x')], /cannot lock the data folder/],
    [['--tls-cert', file], /go together/],
  ] as const) {
    const { exit, stdout, stderr } = await start(['directory', '--log', 'silent', ...words], {}).done;
    assert.deepEqual([exit, stdout], [2, ''], words.join(' '));
    assert.match(stderr.replace(/^parley: building.*\n/, ''), /^parley: [^\n]+\n$/);
    assert.match(stderr, line);
  }
});
