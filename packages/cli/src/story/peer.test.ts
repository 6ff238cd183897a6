import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { testWorld } from '../testing.ts';

test('the id of a server is shown from its folder and by the running server', async () => {
  await using world = await testWorld();
  const ada = await world.person();
  const running = await ada.parley('identity');
  assert.match(running.stdout, /^[a-z2-7]{52}\n$/);
  const read = await ada.parley('identity', '--data', join(world.folder, 'data'));
  assert.equal(read.stdout, running.stdout);
  const [json] = (await ada.parley('identity', '--json')).json();
  assert.deepEqual(json, { v: 1, server: running.stdout.trim(), addresses: [world.url], relays: [] });
  assert.equal(running.stderr, `reached at ${world.url}\n`);
  const missing = await ada.parley('identity', '--data', world.folder);
  assert.equal(missing.exit, 4);
  assert.match(missing.stderr, /holds no identity/);
});

test('an operator links two servers, blocks one and lets it in again', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const ada = await here.owner('ada');
  const bob = await there.owner('bob');
  const [mine, theirs] = [await ada.parley('identity'), await bob.parley('identity')].map(({ stdout }) =>
    stdout.trim(),
  );
  assert.equal((await ada.parley('peers')).stdout, '');

  const connected = await ada.parley('connect', `${there.url}/`);
  assert.match(
    connected.stdout,
    new RegExp(`^connected +${theirs} +“localhost” +${there.url} +since .*dialled from here`),
  );
  assert.match(
    (await ada.parley('peers')).stdout,
    /^connected .*dialled from here; (\d+ ms there and back; )?\d+ kB in, \d+ kB out/m,
  );
  const [seen] = (await bob.parley('peers', '--json')).json();
  assert.deepEqual([seen?.server, seen?.state, seen?.direction, seen?.urls], [mine, 'connected', 'in', []]);

  assert.equal((await ada.parley('block', theirs!)).exit, 0);
  assert.match((await ada.parley('peers')).stdout, /^blocked /);
  assert.match((await bob.parley('connect', here.url)).stdout, /^waiting .*it does not let this server in/);
  assert.match((await ada.parley('peers')).stdout, new RegExp(`^refused +${theirs} .*\\(it is blocked here`, 'm'));
  assert.equal((await bob.parley('disconnect', here.url)).exit, 0);
  assert.equal((await bob.parley('disconnect', here.url)).exit, 4);
  assert.equal((await ada.parley('unblock', theirs!)).exit, 0);
  const [again] = (await ada.parley('connect', there.url, '--json')).json();
  assert.deepEqual([again?.server, again?.state], [theirs, 'connected']);
});

test('what is wrong with a link is said', async () => {
  await using world = await testWorld();
  const ada = await world.owner('ada');
  const bob = await world.person('bob');
  assert.match((await ada.parley('connect', world.url)).stdout, /leads to this server itself/);
  assert.match(
    (await ada.parley('connect', 'http://127.0.0.1:1')).stdout,
    /^waiting .*nothing answers there; again at/,
  );
  assert.equal((await ada.parley('connect', 'localhost')).exit, 2);
  assert.equal((await ada.parley('connect', 'https://chat.example.org/path')).exit, 2);
  assert.equal((await ada.parley('block', 'nonsense')).exit, 2);
  assert.equal((await ada.parley('unblock', 'a'.repeat(52))).exit, 4);
  assert.equal((await bob.parley('peers')).exit, 4);
  assert.equal((await bob.parley('connect', 'https://chat.example.org')).exit, 4);
});

test('rooms that span servers are listed, tried again, and what waits in one is given up', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const ada = await here.owner('ada');
  const bob = await there.owner('bob');
  const mine = (await ada.parley('identity')).stdout.trim();
  await bob.parley('connect', here.url);
  assert.equal((await ada.parley('create', 'ops')).exit, 0);
  assert.equal((await bob.parley('join', `#ops:${mine}`)).exit, 0);
  const [kept] = (await ada.parley('federation', 'status', '--json')).json();
  assert.deepEqual([kept?.alias, kept?.clerk, kept?.waiting], ['ops', mine, null]);
  assert.match(
    (await ada.parley('federation', 'status')).stdout,
    new RegExp(`#ops  kept by ${mine}, at 2 \\([a-z2-7]{52} `),
  );
  assert.match((await bob.parley('federation', 'status')).stdout, new RegExp(`#ops  kept by ${mine}, at 2\n$`));
  assert.equal((await bob.parley('federation', 'status', '--troubled')).stdout, '');
  assert.match((await bob.parley('federation', 'retry')).stderr, /^dialling 0 addresses; trying 0 rooms again\n$/);
  assert.equal((await bob.parley('federation', 'retry', '--of', 'nonsense')).exit, 2);
  const [dropped] = (await bob.parley('federation', 'drop', '#ops', '--json')).json();
  assert.deepEqual([dropped?.room, dropped?.dropped], [kept?.room, 0]);
  assert.equal((await bob.parley('federation', 'drop', '#nothing')).exit, 4);
  assert.equal((await ada.parley('federation', 'drop', '#ops')).exit, 4);
  const eve = await here.person('eve');
  assert.equal((await eve.parley('federation', 'status')).exit, 4);
});

test('a room keeps a server out, and lets it in again', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const ada = await here.owner('ada');
  const bob = await there.owner('bob');
  const mine = (await ada.parley('identity')).stdout.trim();
  const theirs = (await bob.parley('identity')).stdout.trim();
  await bob.parley('connect', here.url);
  await ada.parley('create', 'ops');
  assert.equal((await bob.parley('join', `#ops:${mine}`)).exit, 0);
  assert.match((await ada.parley('deny-server', '#ops', theirs)).stderr, new RegExp(`^denied ${theirs} in #ops\n$`));
  assert.equal((await ada.parley('members', '#ops')).stdout.trim().split('\n').length, 1);
  assert.equal((await bob.parley('join', `#ops:${mine}`)).exit, 4);
  assert.equal((await ada.parley('deny-server', '#ops', mine)).exit, 4);
  assert.equal((await ada.parley('deny-server', '#ops', 'nonsense')).exit, 2);
  const [allowed] = (await ada.parley('allow-server', '#ops', theirs, '--json')).json();
  assert.deepEqual([allowed?.server, allowed?.allowed], [theirs, true]);
  assert.equal((await bob.parley('join', `#ops:${mine}`)).exit, 0);
  assert.equal((await ada.parley('allow-server', '#ops', theirs, '--only')).exit, 0);
});
