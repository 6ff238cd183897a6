import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testWorld } from '../testing.ts';

test('servers that are linked by hand are listed with what they say of themselves', async () => {
  await using here = await testWorld();
  await using there = await testWorld();
  const ada = await here.owner('ada');
  const bob = await there.owner('bob');
  const person = await here.person('eve');
  assert.equal((await person.parley('servers')).exit, 4);
  assert.equal((await ada.parley('servers')).stdout, '');
  await ada.parley('connect', there.url);
  const theirs = (await bob.parley('identity')).stdout.trim();
  let known: Record<string, unknown>[] = [];
  // What a server says of itself follows the link at once.
  for (let tries = 0; tries < 200 && known.length === 0; tries++)
    known = (await ada.parley('servers', '--json')).json();
  const [{ server, name, verified, state, via, addresses, features } = {}] = known;
  assert.deepEqual(
    { server, name, verified, state, via, addresses, features },
    {
      server: theirs,
      name: null,
      verified: false,
      state: 'linked',
      via: 'hand',
      addresses: [there.url],
      features: ['websocket', 'relay'],
    },
  );
  assert.match(
    (await ada.parley('servers')).stdout,
    new RegExp(`^linked +${theirs}  ${there.url}  by hand, seen [^\\n]+\\n$`),
  );
  assert.equal((await ada.parley('servers', '--directories')).stdout, '');
});
