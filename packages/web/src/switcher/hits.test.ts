import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomSummary, ServerName } from '@parley/client';
import type { RoomView } from '@parley/protocol';
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

const room = (alias: string, server?: ServerName) => ({
  view: { id: `${alias}${server?.label ?? ''}`, alias, title: '' } as RoomView,
  server,
});
const far = { id: 'k', label: 'far.example', name: 'far.example', verified: false, reachable: true };

test('a room of another server is found by its full name, and offered by it where it is not', () => {
  const mine = [room('ops'), room('ops', far)].map((each) => ({ ...each, unread: 0, mentions: 0 }) as RoomSummary);
  const told = { rooms: [room('ops-two', far)], people: [] };
  const groups = (typed: string) =>
    hitsOf(typed, mine, told, []).map(({ value, items }) => [value, ...items.map(({ id }) => id)]);
  assert.deepEqual(groups('#ops:far.example'), [
    ['Your rooms', 'opsfar.example'],
    ['Other rooms of far.example', 'ops-twofar.example'],
  ]);
  assert.deepEqual(groups('#tea:far.example'), [['By its name', '#tea:far.example']]);
  assert.deepEqual(groups('tea:far.example'), [['By its name', '#tea:far.example']]);
  assert.deepEqual(groups('#tea:localhost'), [['By its name', '#tea:localhost']]);
  for (const none of ['tea:localhost', '#tea:', '@tea:far.example', '#tea:a b'])
    assert.deepEqual(groups(none), [], none);
});

test('whoever holds a key is found by the whole address', () => {
  const address = `key:${'a'.repeat(52)}`;
  const find = (typed: string) =>
    hitsOf(typed, [], { rooms: [], people: [] }, []).flatMap(({ items }) =>
      items.flatMap((hit) => (hit.type === 'key' ? [hit.address] : [])),
    );
  for (const typed of [address, ` ${address} `, `@${address}`]) assert.deepEqual(find(typed), [address]);
  for (const typed of ['key:', address.slice(0, -1), `${address}a`]) assert.deepEqual(find(typed), []);
});

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

test('a channel is found by its name after ~, also when one does not listen to it', () => {
  const find = (typed: string) =>
    hitsOf(typed, [], { rooms: [], people: [] }, [], ['lobby', 'quay']).flatMap(({ items }) =>
      items.map((hit) => (hit.type === 'channel' ? [hit.name, hit.isNew] : [hit.type])),
    );
  assert.deepEqual(find('~Lo'), [
    ['lobby', false],
    ['lo', true],
  ]);
  assert.deepEqual(find('~lobby'), [['lobby', false]]);
  assert.deepEqual(find('qu'), [['quay', false]]);
  assert.deepEqual(find('~no!'), []);
  assert.deepEqual(find('#lobby'), []);
});
