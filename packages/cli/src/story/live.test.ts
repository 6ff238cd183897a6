import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Person, testWorld, type World } from '../testing.ts';

/** Ada owns #ops, bob is in it. */
async function opsRoom(world: World): Promise<{ ada: Person; bob: Person }> {
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'ops');
  await bob.parley('join', 'ops');
  return { ada, bob };
}

test('watch ends with the entry that is waited for, in whichever room', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  const watching = bob.start('watch', '--json', '--until', 'text~=DONE', '--only', 'kind=message');
  await watching.says('watching');
  await ada.parley('create', 'builds');
  await bob.parley('join', 'builds');
  await ada.parley('send', 'ops', 'starting');
  await watching.shows('starting');
  await ada.parley('send', 'builds', 'DONE in 3 s');
  const { exit, json } = await watching.done;
  assert.equal(exit, 0);
  assert.deepEqual(
    json().map(({ room, text }) => [room, text]),
    [
      ['#ops', 'starting'],
      ['#builds', 'DONE in 3 s'],
    ],
  );
});

test('watch gives up after its time', async () => {
  await using world = await testWorld();
  const { bob } = await opsRoom(world);
  const { exit, stderr } = await bob.parley('watch', '#ops', '--until', 'text=never', '--timeout', '300ms');
  assert.equal(exit, 5);
  assert.match(stderr, /within 0\.3 s/);
  assert.equal((await bob.parley('watch', '--until', 'nonsense')).exit, 2);
});

test('a program sends, reads and follows over rpc', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  const rpc = bob.start('rpc');
  let id = 0;
  const ask = async (method: string, params: object = {}) => {
    rpc.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })}\n`);
    const shown = await rpc.shows(`"id":${id},`);
    const line = shown.split('\n').find((each) => each.includes(`"id":${id},`));
    return JSON.parse(line ?? '') as { result?: Record<string, unknown>; error?: { data: { code: string } } };
  };
  assert.equal((await ask('whoami')).result?.user, '@bob:localhost');
  const sent = await ask('send', { room: '#ops', text: 'hello', clientId: 'one' });
  assert.equal((await ask('send', { room: '#ops', text: 'hello', clientId: 'one' })).result?.seq, sent.result?.seq);
  assert.equal((await ask('react', { room: 'ops', message: sent.result?.seq, emoji: '🎉' })).error, undefined);
  const { entries } = (await ask('history', { room: 'ops', limit: 2 })).result as { entries: { kind: string }[] };
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['message', 'react'],
  );
  await ask('subscribe', { room: 'ops' });
  await ada.parley('send', 'ops', 'for the program');
  const shown = await rpc.shows('for the program');
  const notice = shown.split('\n').find((each) => each.includes('for the program')) ?? '';
  const { method, params } = JSON.parse(notice);
  assert.deepEqual([method, params.room, params.user], ['entry', '#ops', '@ada:localhost']);
  assert.equal((await ask('unsubscribe', { room: 'ops' })).result?.ended, true);
  assert.equal((await ask('send', { room: 'no-such', text: 'x' })).error?.data.code, 'not-found');
  rpc.stdin.end();
  assert.equal((await rpc.done).exit, 0);
});

test('a chat over a pipe sends its lines, does its commands, and ends with the pipe', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  const chat = bob.start('chat', '#ops');
  chat.stdin.write('hello\n/me waves\n//not a command\n/nosuch\n/help kick\n');
  await chat.shows('/kick PERSON [REASON]');
  await ada.parley('send', 'ops', 'welcome');
  const shown = await chat.shows('welcome');
  assert.match(shown, /^-- \w+, \d{4}-\d\d-\d\d --\n\d\d:\d\d -- ada created the room\n/);
  assert.match(shown, /! There is no command \/nosuch/);
  chat.stdin.end('last words\n');
  assert.equal((await chat.done).exit, 0);
  const texts = (await ada.parley('tail', 'ops', '--json')).json().map(({ text }) => text);
  assert.deepEqual(texts.slice(2).sort(), ['/not a command', 'hello', 'last words', 'waves', 'welcome']);
});

test('a chat says that it is offline, keeps what is written, and sends it later', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  const chat = bob.start('chat', 'ops');
  await chat.shows('bob joined');
  await world.server.close();
  await chat.shows('-- offline; what you write is kept and sent later');
  chat.stdin.write('written offline\n');
  await chat.shows('-- waiting to be sent: written offline');
  await world.restart();
  await chat.shows('-- sent: written offline');
  chat.stdin.end();
  assert.equal((await chat.done).exit, 0);
  assert.equal((await ada.parley('tail', 'ops', '--json', '--count', '1')).json()[0]?.text, 'written offline');
});

test('what a chat may not say is said with its reason, and ends it with its exit code', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  await ada.parley('mute', 'ops', 'bob');
  const chat = bob.start('chat', 'ops');
  chat.stdin.write('hm\n');
  await chat.shows('! not sent (muted): hm; /retry or /discard');
  chat.stdin.write('/discard\n/quit\n');
  const { exit } = await chat.done;
  assert.equal(exit, 4);
});

test('who is removed from a room is told, in tail and in chat', async () => {
  await using world = await testWorld();
  const { ada, bob } = await opsRoom(world);
  const tail = bob.start('tail', 'ops', '--follow', '--json');
  const chat = bob.start('chat', 'ops');
  await tail.shows('"bob joined"');
  await chat.shows('bob joined');
  await ada.parley('kick', 'ops', 'bob');
  const ended = await tail.done;
  assert.equal(ended.exit, 4);
  assert.match(ended.stderr, /you are no longer in #ops/);
  const left = await chat.done;
  assert.equal(left.exit, 4);
  assert.match(left.stdout, /! you are no longer in #ops/);
});
