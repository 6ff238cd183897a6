import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkedWorlds, testWorld } from '../testing.ts';

test('somebody of another server is written to, accepts and answers, and the conversation goes by their name', async () => {
  await using worlds = await linkedWorlds();
  const ada = await worlds.there.person('ada');
  const bob = await worlds.here.person('bob');
  const sent = await bob.parley('dm', '@ada:there.example', 'are', 'you', 'there');
  assert.equal(sent.exit, 0, sent.stderr);
  assert.match((await bob.parley('rooms')).stdout, /^@ada:there\.example +1 member +\(asked\)\n$/);
  const waiting = ada.start('watch', '--json', '--until', 'text=and you?', '--timeout', '60s');
  await waiting.says('watching');
  const asked = await ada.parley('rooms');
  assert.match(asked.stdout, /^@bob:here\.example +1 member +\(wants to write to you\)\n$/);
  assert.equal((await ada.parley('tail', '@bob:here.example')).exit, 4, 'the words come when they accept');
  assert.match((await ada.parley('join', '@bob:here.example')).stderr, /joined @bob:here\.example/);
  const heard = await ada.parley('tail', '@bob:here.example', '--json');
  assert.deepEqual(
    heard.json().flatMap(({ room, text }) => (text ? [[room, text]] : [])),
    [['@bob:here.example', 'are you there']],
  );
  assert.equal((await ada.parley('send', '@bob:here.example', 'I am', '--wait')).exit, 0);
  const [json] = (await bob.parley('dm', '@ada:there.example', '--json')).json();
  assert.deepEqual([json?.room, json?.membership], ['@ada:there.example', 'member']);
  const more = bob.start('dm', '@ada:there.example', '-', '--json');
  more.stdin.end('and you?\n');
  assert.equal((await more.done).exit, 0);
  const { exit, json: lines } = await waiting.done;
  assert.deepEqual([exit, lines().at(-1)?.room], [0, '@bob:here.example']);
  assert.match((await bob.parley('members', '@ada:there.example')).stdout, /@ada:there\.example +owner/);
  assert.equal((await ada.parley('invite', '@bob:here.example', 'bob')).exit, 4);
  assert.equal((await ada.parley('leave', '@bob:here.example')).exit, 0);
  assert.match((await bob.parley('rooms')).stdout, /@ada:there\.example +1 member +1 unread +\(gone\)|\(gone\)/);
});

test('a request is declined, and asked again; nobody is found who is not there', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  assert.equal((await ada.parley('dm', 'bob')).stderr, 'asked @bob\n');
  assert.match((await bob.parley('leave', '@ada')).stderr, /left @ada/);
  assert.match((await ada.parley('rooms')).stdout, /^@bob .*\(gone\)\n$/);
  assert.equal((await ada.parley('dm', '@bob')).stderr, 'asked @bob\n');
  assert.equal((await bob.parley('dm', '@ada')).stderr, 'in conversation with @ada\n', 'to write back is to accept');
  const nobody = await ada.parley('dm', '@nobody', 'hello');
  assert.deepEqual([nobody.exit, nobody.stderr], [4, 'parley: nobody called “@nobody” can be found from here\n']);
  assert.equal((await ada.parley('dm', '@ada', 'hello')).exit, 4);
  assert.match((await ada.parley('send', '@nobody', 'hello')).stderr, /no conversation with @nobody: parley dm/);
  assert.match((await ada.parley('help', 'dm')).stdout, /parley dm PERSON \[TEXT…\]/);
  assert.match((await ada.parley('completion', 'bash')).stdout, /'dm'\) words=/);
});

test('/msg writes from a chat and opens the conversation', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'ops');
  const chat = ada.start('chat', 'ops');
  chat.stdin.write('/msg @bob hello\n');
  await chat.shows('hello');
  chat.stdin.end('still there?\n');
  assert.equal((await chat.done).exit, 0);
  await bob.parley('join', '@ada');
  const { stdout } = await bob.parley('tail', '@ada');
  assert.match(stdout, /hello\n.*still there\?\n/);
});
