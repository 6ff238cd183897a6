import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverOf } from '@parley/protocol';
import { Members } from './members.ts';
import { participants } from './state.ts';
import { ada, ben, person, stranger } from './testing.ts';
import { everyUnion } from './testing-foreign.ts';

everyUnion('servers take part as long as one of their people is in the room', (book) => {
  const counted = new Map<string, number>();
  for (const user of book.state.members.keys()) counted.set(serverOf(user), (counted.get(serverOf(user)) ?? 0) + 1);
  assert.deepEqual(new Map([...participants(book.state)].sort()), new Map([...counted].sort()));
});

test('a member who changes counts once, and a stranger who goes not at all', () => {
  const members = new Members();
  const member = { role: 'member', since: 1, guest: false } as const;
  for (const user of [ada, ben, ada, person(1, stranger)]) members.set(user, member);
  assert.deepEqual([...members.byServer.values()], [2, 1]);
  assert.ok(!members.delete(person(2, stranger)));
  assert.ok(members.delete(person(1, stranger)));
  assert.ok(!members.byServer.has(stranger));
  members.clear();
  assert.equal(members.byServer.size, 0);
});
