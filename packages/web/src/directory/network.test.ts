import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Network, type Server, shortKey, titleOf } from './network.ts';

const server = (id: string, revision: number, fields: Partial<Server> = {}): Server => ({
  server: id.repeat(52),
  name: null,
  addresses: [],
  relays: [],
  present: true,
  joinedAt: revision,
  seenAt: revision,
  revision,
  ...fields,
});

test('of two things said of a server the later one counts, in whatever order they come', () => {
  const network = new Network();
  assert.equal(network.put(server('a', 5, { name: 'new.example' })), true);
  assert.equal(network.put(server('a', 4, { name: 'old.example' })), false);
  assert.equal(network.left('a'.repeat(52), 3, 1), undefined);
  assert.equal(network.left('a'.repeat(52), 6, 9)?.present, false);
  assert.equal(network.put(server('a', 5)), false, 'it left after that');
  assert.equal(network.left('b'.repeat(52), 7, 1), undefined);
  assert.equal(network.size, 1);
});

test('those that are there come first, the newest before the others', () => {
  const network = new Network();
  for (const each of [server('a', 1), server('b', 2, { present: false }), server('c', 3)]) network.put(each);
  assert.deepEqual(
    network.sorted().map(({ server }) => server[0]),
    ['c', 'a', 'b'],
  );
  network.put(server('d', 4, { name: 'harbour.example', addresses: ['https://harbour.example'] }));
  for (const wanted of ['Harbour', ' https://har', 'dddd'])
    assert.deepEqual(
      network.sorted(wanted).map(({ server }) => server[0]),
      ['d'],
    );
});

test('a name is counted by who claims it now', () => {
  const network = new Network();
  network.put(server('a', 1, { name: 'x.example' }));
  network.put(server('b', 2, { name: 'x.example' }));
  assert.equal(network.claimsOf('x.example'), 2);
  network.put(server('b', 3, { name: 'y.example' }));
  assert.equal(network.claimsOf('x.example'), 1);
  network.put(server('a', 4));
  assert.equal(network.claimsOf('x.example'), 0);
  assert.equal(titleOf(network.get('b'.repeat(52))!), 'y.example');
  assert.equal(titleOf(network.get('a'.repeat(52))!), 'key aaaa…aaaa');
  assert.equal(shortKey('k7qd'.padEnd(48, 'x').concat('2m7a')), 'k7qd…2m7a');
});
