import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, hitsOf } from './hits.ts';

const act = (label: string): Command => ({ label, run: () => undefined });
const slash = (name: string, ...aliases: string[]): Command => ({
  ...act(`/${name}`),
  names: [name, ...aliases, `What ${name} does`],
  slash: { arguments: '', about: `What ${name} does` },
});
const commands = [act('Members'), act('Dark theme'), slash('mute'), slash('me'), slash('react', '+'), slash('unmute')];
const found = (typed: string): string[] =>
  hitsOf(typed, [], { rooms: [], people: [] }, commands).flatMap(({ items }) =>
    items.map((hit) => (hit.type === 'command' ? hit.command.label : hit.id)),
  );

test('commands of the room come first after a slash, last without one', () => {
  assert.deepEqual(found('/'), ['/mute', '/me', '/react', '/unmute', 'Members', 'Dark theme']);
  assert.deepEqual(found(''), ['Members', 'Dark theme', '/mute', '/me', '/react', '/unmute']);
});

test('a command is found by its name, an alias and what it does, the better match before', () => {
  assert.deepEqual(found('/me'), ['/me', 'Members', 'Dark theme']);
  assert.deepEqual(found('/mu'), ['/mute', '/unmute']);
  assert.deepEqual(found('/+'), ['/react']);
  assert.deepEqual(found('what un'), ['/unmute']);
  assert.deepEqual(found('#mu'), []);
});
