import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testWorld } from '../testing.ts';

test('rooms are made, listed, joined and left', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const made = await ada.parley('create', '#Tea Time', '--title', 'Tea', '--json');
  assert.equal(made.json()[0]?.room, '#tea-time');
  await ada.parley('create', 'board', '--private');
  assert.equal((await ada.parley('create', 'tea-time')).exit, 1);
  assert.match((await bob.parley('rooms', '--public')).stdout, /^#tea-time +1 member +Tea/);
  assert.equal((await bob.parley('rooms', '--public', '--json')).json().length, 1);
  assert.equal((await bob.parley('join', 'board')).exit, 4);
  assert.equal((await bob.parley('join', '#tea-time')).exit, 0);
  await ada.parley('send', 'tea-time', 'milk?');
  const [room] = (await bob.parley('rooms', '--json')).json();
  assert.deepEqual([room?.room, room?.unread, room?.members, room?.membership], ['#tea-time', 1, 2, 'member']);
  assert.match((await bob.parley('members', 'tea-time')).stdout, /^@ada +owner +\w+\n@bob +member +\w+\n$/);
  await ada.parley('nick', 'Ada Lovelace');
  assert.match((await bob.parley('members', 'tea-time', 'ada')).stdout, /^@ada +owner +\w+ +Ada Lovelace\n$/);
  assert.equal((await bob.parley('leave', 'tea-time')).exit, 0);
  assert.equal((await bob.parley('rooms')).stdout, '');
  assert.equal((await bob.parley('leave', 'tea-time')).exit, 4);
});

test('an invitation is listed, and accepted by joining', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'board', '--private');
  assert.equal((await ada.parley('invite', 'board', '@bob')).exit, 0);
  const [invitation] = (await bob.parley('rooms', '--json')).json();
  assert.deepEqual([invitation?.room, invitation?.membership], ['#board', 'invited']);
  assert.equal((await bob.parley('join', '#board')).exit, 0);
  assert.equal((await bob.parley('send', '#board', 'here')).exit, 0);
});

test('one asks to be let in, takes it back, is turned down and let in', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  assert.equal((await ada.parley('create', 'porch', '--knock', '--private')).exit, 2);
  assert.equal((await ada.parley('create', 'porch', '--knock')).exit, 0);
  const join = await bob.parley('join', 'porch');
  assert.deepEqual([join.exit, join.stderr], [4, "parley: one asks to be let into #porch: parley knock '#porch'\n"]);
  assert.equal((await bob.parley('leave', 'porch')).exit, 4);
  const asking = async () => (await ada.parley('members', 'porch', '--asking')).stdout;
  const knock = async () => (await bob.parley('knock', '#porch')).exit;
  assert.equal(await knock(), 0);
  assert.match((await bob.parley('join', 'porch')).stderr, /nobody has answered yet/);
  assert.equal(await asking(), '@bob\n');
  assert.equal((await ada.parley('members', 'porch', '--asking', '--json')).json()[0]?.asking, true);
  assert.equal((await bob.parley('leave', 'porch')).exit, 0);
  assert.equal(await asking(), '');
  assert.equal(await knock(), 0);
  assert.equal((await ada.parley('kick', 'porch', 'bob', 'not', 'now')).exit, 0);
  assert.equal(await asking(), '');
  assert.equal((await ada.parley('kick', 'porch', 'bob')).exit, 4);
  assert.equal(await knock(), 0);
  assert.equal((await ada.parley('invite', 'porch', 'bob')).exit, 0);
  assert.equal((await bob.parley('join', 'porch')).exit, 0);
  const { stdout } = await ada.parley('tail', 'porch');
  for (const words of [
    '-- bob asks to be let in',
    '-- bob no longer asks to be let in',
    '-- ada did not let bob in (not now)',
    '-- ada invited bob',
    '-- bob joined',
  ])
    assert.ok(stdout.includes(words), `${words}\n${stdout}`);
});

test('moderation is done by those who may, and is in the log in words', async () => {
  await using world = await testWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  await ada.parley('create', 'ops');
  await bob.parley('join', 'ops');
  await bob.parley('send', 'ops', 'spam');
  const exits = async (...lines: string[]) => {
    const found: number[] = [];
    for (const line of lines) found.push((await ada.parley(...line.split(' '))).exit);
    return found;
  };
  assert.equal((await bob.parley('kick', 'ops', 'ada')).exit, 4);
  assert.deepEqual(await exits('react ops :tada: 3', 'mute ops bob 10m too loud', 'unmute ops bob'), [0, 0, 0]);
  assert.deepEqual(await exits('role ops bob moderator', 'pin ops 3', 'unpin ops 3', 'topic ops tea'), [0, 0, 0, 0]);
  assert.deepEqual(await exits('ban ops @bob 1h', 'unban ops bob'), [0, 0]);
  await bob.parley('join', 'ops');
  assert.deepEqual(await exits('kick ops bob off topic'), [0]);
  assert.deepEqual(await exits('ban ops @bob:localhost', 'unban ops bob', 'unban ops bob'), [0, 0, 4]);
  assert.match((await ada.parley('unban', 'ops', 'bob')).stderr, /unban does not apply to “bob” here/);
  assert.match((await ada.parley('topic', 'ops', 'tea')).stderr, /^topic: done in #ops\n$/);
  assert.deepEqual(await exits('kick ops nobody', 'role ops bob king', 'mute ops', 'react ops :nosuch:'), [4, 2, 2, 4]);
  const { stdout } = await ada.parley('tail', 'ops');
  for (const words of [
    'bob  spam  [🎉 1]',
    '-- ada muted bob for 10 minutes (too loud)',
    '-- ada unmuted bob',
    '-- ada made bob a moderator',
    '-- ada pinned a message',
    '-- ada changed the topic to “tea”',
    '-- ada removed bob (off topic)',
  ])
    assert.ok(stdout.includes(words), `${words}\n${stdout}`);
});
