import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerRule } from '@parley/protocol';
import { refusalOf } from './allowed.ts';
import { leafOf, loadState } from './leaf.ts';
import { snapshotLeaves } from './snapshot.ts';
import { leafShapes } from './snapshot-leaf.ts';
import { isDenied } from './state.ts';
import { Book } from './testing.ts';

const far = `${'b'.repeat(51)}a`;
const other = `${'c'.repeat(51)}a`;
const foreign = (account: string, server = far): string => `${account.repeat(16)}.${server}`;

/** A room with an owner, and two people of another server: a member and one who is invited. */
function room() {
  const book = new Book();
  const { state } = book;
  const owner = state.creator;
  const [bob, cem] = [foreign('b'), foreign('c')];
  state.members.set(bob, { role: 'member', since: 1, guest: false });
  state.invited.set(cem, { by: owner, since: 1 });
  const settle = (user: string, servers: ServerRule) => book.try(user, 'settings', { data: { servers } });
  const may = (user: string, kind: string, data?: object) =>
    refusalOf(state, { room: state.id, user, device: '', clientId: 'x', kind, parts: [], ...(data ? { data } : {}) });
  return { book, state, owner, bob, cem, settle, may };
}

test('people of a server that is denied may do nothing but go', () => {
  const { state, owner, bob, cem, settle, may } = room();
  assert.equal(may(bob, 'message'), undefined);
  assert.equal(settle(owner, { deny: [far] }), 'entry');
  assert.equal(isDenied(state, far), true);
  assert.equal(may(bob, 'message'), 'banned');
  assert.equal(may(bob, 'a-kind-of-tomorrow'), 'banned');
  assert.equal(may(cem, 'member', { change: 'join', subject: cem }), 'banned');
  assert.equal(may(foreign('d'), 'member', { change: 'join', subject: foreign('d') }), 'banned');
  assert.equal(may(owner, 'member', { change: 'invite', subject: foreign('d') }), 'banned');
  assert.equal(may(bob, 'member', { change: 'leave', subject: bob }), undefined);
  assert.equal(may(cem, 'member', { change: 'decline', subject: cem }), undefined);
  assert.equal(settle(owner, { deny: [] }), 'entry');
  assert.equal(may(bob, 'message'), undefined);
});

test('where some servers are allowed no others are, but the clerk’s', () => {
  const { state, owner, bob, settle, may } = room();
  assert.equal(settle(owner, { deny: [], allow: [other] }), 'entry');
  assert.deepEqual(
    [state.clerk, far, other].map((server) => isDenied(state, server)),
    [false, true, false],
  );
  assert.equal(may(bob, 'message'), 'banned');
  assert.equal(may(owner, 'message'), undefined);
});

test('nobody keeps out the clerk’s server, their own, or one whose people stand as high', () => {
  const { book, state, owner, bob, settle } = room();
  assert.equal(settle(owner, { deny: [state.clerk] }), 'forbidden');
  assert.equal(settle(bob, { deny: [other] }), 'forbidden');
  state.members.set(bob, { role: 'admin', since: 1, guest: false });
  state.members.set(foreign('e', other), { role: 'admin', since: 1, guest: false });
  const denies = (user: string, server: string) =>
    refusalOf(state, book.act(user, 'settings', { data: { servers: { deny: [server] } } }));
  assert.equal(denies(bob, far), 'forbidden');
  assert.equal(denies(bob, other), 'forbidden');
  assert.equal(denies(owner, other), undefined);
});

test('the rule is a leaf where there is one, and read back from it', () => {
  const { state, owner, settle } = room();
  assert.equal(leafOf(state, 'servers'), undefined);
  settle(owner, { deny: [far], allow: [other] });
  const leaves = snapshotLeaves(state);
  assert.ok(leaves.some(([key]) => key === 'servers'));
  const read = loadState(state.id, { pos: state.head, chain: state.chain }, [
    ...leaves,
    ['~created', leafOf(state, '~created')!],
  ]);
  assert.deepEqual(read.servers, { deny: [far], allow: [other] });
  const shape = leafShapes.servers!;
  assert.equal(shape([[far], []], '', 9), true);
  for (const wrong of [[[], []], [[far]], [['x'], []], [[far], [], 1], [far, []]])
    assert.equal(shape(wrong, '', 9), false);
});
