import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testWorld } from '../testing.ts';

test('those who run a server say something to everybody, in a terminal too, until it is withdrawn', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const bob = await world.person('bob');
  assert.equal((await bob.parley('notice')).stderr, 'no notice stands\n');
  const chat = bob.start('chat', '~lobby');
  await chat.shows('nothing here is stored');
  assert.equal((await ada.parley('notice', 'Down', 'at', 'ten.')).exit, 0);
  await chat.shows('* notice of the server: Down at ten.');
  assert.match((await bob.parley('notice')).stdout, / {2}Down at ten\.\n$/);
  const later = bob.start('chat', '~lobby');
  await later.shows('* notice of the server: Down at ten.');
  later.stdin.end('/leave\n');
  await later.done;

  const [json] = (await ada.parley('notice', 'Down at eleven.', '--json')).json();
  assert.equal(json?.notice, 'Down at eleven.');
  await chat.shows('Down at eleven.');
  assert.equal((await ada.parley('notice', '--withdraw')).exit, 0);
  await chat.shows('the notice of the server is withdrawn');
  chat.stdin.end('/leave\n');
  await chat.done;
  assert.equal((await bob.parley('notice', 'no')).exit, 4);
  assert.equal((await ada.parley('notice', '--withdraw')).exit, 4);
  assert.equal((await ada.parley('notice', '--withdraw', 'x')).exit, 2);
  assert.equal((await ada.parley('notice', 'x'.repeat(1_001))).exit, 2);
});
