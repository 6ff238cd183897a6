import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomSummary } from '@parley/client';
import { neighbour, sectionsOf } from './sections.ts';

function room(alias: string, more: { unread?: number; joinRule?: string; membership?: string } = {}): RoomSummary {
  const view = {
    id: `id-${alias}`,
    alias,
    joinRule: more.joinRule ?? 'public',
    me: { membership: more.membership ?? 'member' },
  };
  return { view, unread: more.unread ?? 0, mentions: 0 } as unknown as RoomSummary;
}
const names = (rooms: readonly RoomSummary[]) => rooms.map(({ view }) => view.alias);

test('sections keep rooms in the order of their names, whatever their unread counts', () => {
  const rooms = [
    room('tides', { unread: 9 }),
    room('Ärger'),
    room('b10'),
    room('b9'),
    room('board', { joinRule: 'invite' }),
  ];
  const sections = sectionsOf(rooms, new Set());
  assert.deepEqual(
    sections.map(({ name, rooms: held }) => [name, names(held)]),
    [
      ['Rooms', ['Ärger', 'b9', 'b10', 'tides']],
      ['By invitation', ['board']],
    ],
  );
});

test('a room that is being left is not shown', () => {
  assert.deepEqual(sectionsOf([room('ops')], new Set(['id-ops'])), []);
});

test('the next room goes around the end and across sections', () => {
  const sections = sectionsOf([room('a'), room('b'), room('c', { joinRule: 'invite' })], new Set());
  assert.equal(neighbour(sections, 'id-b', 1, false)?.view.alias, 'c');
  assert.equal(neighbour(sections, 'id-c', 1, false)?.view.alias, 'a');
  assert.equal(neighbour(sections, 'id-a', -1, false)?.view.alias, 'c');
});

test('the next unread room skips those that are read, and there may be none', () => {
  const sections = sectionsOf([room('a'), room('b', { unread: 1 }), room('c')], new Set());
  assert.equal(neighbour(sections, 'id-c', 1, true)?.view.alias, 'b');
  assert.equal(neighbour(sectionsOf([room('a')], new Set()), 'id-a', 1, true), undefined);
  assert.equal(neighbour(sections, undefined, 1, false)?.view.alias, 'a');
});
