import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, type Running, testWorld, type World } from '../testing.ts';

async function linked(here: World, there: World): Promise<{ ada: Person; bob: Person }> {
  const ada = await here.owner('ada');
  const bob = await there.person('bob');
  assert.match((await ada.parley('connect', there.url)).stdout, /^connected/);
  return { ada, bob };
}

async function addressOf(inbox: Running): Promise<string> {
  const [, address = ''] = /listening at (key:[a-z2-7]{52})\n/.exec(await inbox.says('listening at key:')) ?? [];
  return address;
}

test('a message reaches a key on another server, and the answer finds its sender', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const inbox = bob.start('inbox', '--follow');
  const bobs = await addressOf(inbox);
  const sent = await ada.parley('msg', bobs, 'hello', 'bob');
  assert.equal(sent.exit, 0, sent.stderr);
  const [, adas = ''] = /^delivered, from (key:[a-z2-7]{52})\n$/.exec(sent.stderr) ?? [];
  assert.match(await inbox.shows('hello bob'), new RegExp(`^[-: \\d]{16} ${adas} \\(says: ada\\) {2}hello bob\\n$`));

  const answer = ada.start('inbox', '--json');
  assert.equal(await addressOf(answer), adas, 'a key is made once');
  const [told] = (await bob.parley('msg', adas, '-', '--name', 'Bob the Builder', '--json')).json();
  assert.equal(told, undefined, 'there is nothing on stdin');
  const answered = bob.start('msg', adas, '-', '--name', 'Bob the Builder', '--json');
  answered.stdin.end('two\nlines\n');
  const { exit, json } = await answered.done;
  assert.deepEqual([exit, json()[0]?.to, json()[0]?.from], [0, adas, bobs]);
  const [got] = (await answer.done).json();
  assert.deepEqual([got?.from, got?.to, got?.name, got?.text], [bobs, adas, 'Bob the Builder', 'two\nlines']);
  inbox.interrupt();
  await inbox.done;
  assert.equal((await stat(join(ada.profile, 'key.pem'))).mode & 0o777, 0o600);
});

test('a message to a key that nobody holds is refused', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const inbox = bob.start('inbox');
  const bobs = await addressOf(inbox);
  inbox.interrupt();
  await inbox.done;
  const { exit, stderr } = await ada.parley('msg', bobs, 'too late');
  assert.equal(exit, 4);
  assert.match(stderr, /nobody is signed in with this key now, on any server that can be found from here/);
  assert.equal((await ada.parley('msg', bobs.slice(0, -1), 'x')).exit, 2);
  assert.equal((await ada.parley('msg', `key:${'a'.repeat(52)}`, 'x')).exit, 2, 'no key to which anybody could seal');
  assert.equal((await bob.parley('inbox', '--timeout', '300ms')).exit, 5);
});

test('a message goes to the key of a file, also on the same server', async () => {
  await using world = await testWorld();
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const file = join(world.folder, 'bob.pem');
  const key = (await bob.parley('keygen', file)).stdout.trim();
  const inbox = bob.start('inbox', '--key', file, '--follow');
  assert.equal(await addressOf(inbox), `key:${key}`);
  assert.equal((await ada.parley('msg', `key:${key}`, 'to the file')).exit, 0);
  await inbox.shows('to the file');
  await world.restart();
  for (let exit = 1; exit !== 0; ) exit = (await ada.parley('msg', `key:${key}`, 'after the restart')).exit;
  await inbox.shows('after the restart');
  inbox.interrupt();
  assert.equal((await inbox.done).exit, 130);
});

test('the words of a message to a key are in no file of servers and terminals', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const canary = 'canary-0815';
  const inbox = bob.start('inbox', '--follow');
  assert.equal((await ada.parley('msg', await addressOf(inbox), canary)).exit, 0);
  await inbox.shows(canary);
  inbox.interrupt();
  await inbox.done;
  for (const { folder } of [here, there])
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name), 'latin1');
      assert.ok(!bytes.includes(canary), `${file.name} holds it`);
    }
});
