import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, testWorld, type World } from '../testing.ts';

/** Two servers that are linked, with somebody on each. */
async function linked(here: World, there: World): Promise<{ ada: Person; bob: Person }> {
  const ada = await here.owner('ada');
  const bob = await there.person('bob');
  assert.match((await ada.parley('connect', there.url)).stdout, /^connected/);
  return { ada, bob };
}

/** Says it until somebody hears: a server learns a moment later that somebody on another listens. */
async function heard(person: Person, channel: string, text: string): Promise<void> {
  for (let isHeard = false; !isHeard; ) {
    const { stderr } = await person.parley('send', channel, text);
    isHeard = !stderr.includes('nobody listens');
  }
}

interface Said {
  channel: string;
  listening: { here: number; servers: string[] };
}

/** Says it until another server wants to hear it. */
async function heardElsewhere(person: Person, channel: string, ...words: string[]): Promise<Said> {
  for (;;) {
    const [said] = (await person.parley('send', channel, ...words, '--json')).json() as unknown as Said[];
    if (said!.listening.servers.length > 0) return said!;
  }
}

test('a channel is heard on another server, and the answer comes back', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const tail = bob.start('tail', '~lobby', '--follow');
  await tail.says('listening to ~lobby');
  await heard(ada, '~lobby', 'anybody?');
  const chat = ada.start('chat', '~Lobby');
  await chat.shows('-- ~lobby: nothing here is stored; 1 listens on this server, 1 other server');
  chat.stdin.write('hello from here\n/me waves\n');
  assert.match(await tail.shows('waves'), /ada:\w{8} {2}hello from here\n.* \* ada:\w{8} waves\n$/);
  const said = await heardElsewhere(bob, '~lobby', 'hello', 'from', 'there');
  assert.deepEqual([said.channel, said.listening.here, said.listening.servers.length], ['~lobby', 1, 1]);
  assert.match(await chat.shows('hello from there'), /bob:\w{8} {2}hello from there\n$/);
  chat.stdin.write('/who\n/nosuch\n');
  const shown = await chat.shows('There is no command /nosuch');
  assert.match(shown, /-- @ada \(listens\)\n-- @bob:\w{8} \(was heard\)\n-- somebody listens on \w+ \(1 link away\)/);
  chat.stdin.end('/leave\n');
  assert.equal((await chat.done).exit, 0);
  tail.interrupt();
  assert.equal((await tail.done).exit, 130);
});

test('a program listens to a channel', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const tail = bob.start('tail', '~builds', '--follow', '--json');
  await tail.says('listening');
  await heard(ada, '~builds', 'DONE in 3 s');
  const [line] = (await tail.shows('DONE')).split('\n').map((each) => JSON.parse(each || '{}'));
  assert.deepEqual([line.channel, line.kind, line.name, line.text], ['~builds', 'said', 'ada', 'DONE in 3 s']);
  assert.match(line.server, /^\w{8}$/);
  tail.interrupt();
  await tail.done;
});

test('what a channel cannot do is said', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  assert.equal((await ada.parley('tail', '~lobby')).exit, 2);
  assert.equal((await ada.parley('tail', '~lobby', '--follow', '--since', '1h')).exit, 2);
  assert.equal((await ada.parley('send', '~lobby', 'x', '--reply-to', '1')).exit, 2);
  assert.equal((await ada.parley('send', '~no such!', 'x')).exit, 2);
  const alone = await ada.parley('send', '~lobby', 'is there anybody?');
  assert.deepEqual([alone.exit, alone.stderr], [0, 'parley: nobody listens to ~lobby now\n']);
});

test('a chat goes from a room to a channel and back', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  await ada.parley('create', 'ops');
  const chat = ada.start('chat', 'ops');
  await chat.shows('created the room');
  chat.stdin.write('/join ~lobby\nin the channel\n');
  await chat.shows('in the channel');
  chat.stdin.write('/join #ops\nin the room\n');
  await chat.shows('in the room');
  chat.stdin.end();
  assert.equal((await chat.done).exit, 0);
  const texts = (await ada.parley('tail', 'ops', '--json')).json().map(({ text }) => text);
  assert.ok(texts.includes('in the room') && !texts.includes('in the channel'));
});

test('a chat shows what was lost with its connection, and goes on', async () => {
  await using world = await testWorld();
  const [ada, bob] = [await world.person('ada'), await world.person('bob')];
  const chat = bob.start('chat', '~lobby');
  await chat.shows('nothing here is stored');
  await world.restart();
  await chat.shows('there was no connection; what was said meanwhile is lost');
  await ada.parley('send', '~lobby', 'back again');
  await chat.shows('back again');
  chat.stdin.end();
  assert.equal((await chat.done).exit, 0);
});

test('what is said in a channel is in no file of servers and terminals (S11)', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const { ada, bob } = await linked(here, there);
  const canary = 'canary-4711';
  const chat = bob.start('chat', `~${canary}-channel`);
  await chat.shows('nothing here is stored');
  chat.stdin.write(`${canary}-typed\n`);
  await chat.shows(`${canary}-typed`);
  await heard(ada, `~${canary}-channel`, `${canary}-sent`);
  await chat.shows(`${canary}-sent`);
  chat.stdin.end();
  await chat.done;
  for (const { folder } of [here, there])
    for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name), 'latin1');
      assert.ok(!bytes.includes(canary), `${file.name} holds it`);
    }
});
