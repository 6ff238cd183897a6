import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal, toBase32 } from '@parley/protocol';
import { signCheckpoint } from './checkpoint.ts';
import { isOfTwo, otherOf, pairOf } from './direct.ts';
import { leafOf, loadState } from './leaf.ts';
import { snapshotLeaves, stateOfSnapshot } from './snapshot.ts';
import { StateHash } from './state-hash.ts';
import { ada, Book, ben, cleo, clerk, crypto, dan, everyRoom, person } from './testing.ts';

/** Ada speaks with Ben. */
function conversation(): Book {
  const book = new Book({ direct: ben });
  assert.equal(book.member(ada, 'invite', ben), 'entry');
  assert.equal(book.member(ben, 'join', ben), 'entry');
  return book;
}

test('a direct room is of its maker and of the one whom Create names', () => {
  const { state } = conversation();
  assert.deepEqual([state.creator, state.direct], [ada, ben]);
  assert.deepEqual([otherOf(state, ada), otherOf(state, ben), otherOf(state, cleo)], [ben, ada, undefined]);
  assert.deepEqual([isOfTwo(state, ben), isOfTwo(state, cleo), isOfTwo(new Book().state, ada)], [true, false, false]);
  assert.equal(pairOf(ada, ben), pairOf(ben, ada));
  const { alias, joinRule, listed, history } = state.settings;
  assert.deepEqual(
    { alias, joinRule, listed, history },
    { alias: null, joinRule: 'invite', listed: false, history: 'all' },
  );
  assert.deepEqual(
    [...state.members.values()].map(({ role }) => role),
    ['owner', 'owner'],
  );
});

test('nobody else is ever invited or comes', () => {
  const book = conversation();
  assert.equal(book.member(ada, 'invite', cleo), 'forbidden');
  for (const change of ['join', 'knock', 'decline', 'leave'] as const)
    assert.notEqual(book.member(cleo, change, cleo), 'entry', change);
  book.member(ben, 'leave', ben);
  assert.equal(book.member(ada, 'invite', cleo), 'forbidden');
  assert.equal(book.member(cleo, 'join', cleo), 'forbidden');
  assert.equal(book.state.members.size, 1);
});

test('neither of the two can remove, silence or rank the other, nor touch what they said', () => {
  const book = conversation();
  for (const [me, you] of [
    [ada, ben],
    [ben, ada],
  ] as const) {
    for (const change of ['kick', 'ban', 'unban', 'deny'] as const)
      assert.equal(book.member(me, change, you), 'forbidden');
    for (const kind of ['mute', 'unmute']) assert.equal(book.try(me, kind, { data: { subject: you } }), 'forbidden');
    for (const role of ['member', 'admin'])
      assert.equal(book.try(me, 'role', { data: { subject: you, role } }), 'forbidden');
    assert.equal(book.try(me, 'role', { data: { subject: me, role: 'member' } }), 'forbidden');
    for (const kind of ['edit', 'redact', 'unreact']) {
      assert.equal(book.try(me, kind, { target: { user: you, clientId: 'x' }, text: 'x' }), 'forbidden');
      assert.equal(book.try(me, kind, { target: { user: me, clientId: 'x' }, text: 'x' }), 'entry');
    }
    const target = { user: you, clientId: `of-${you.slice(0, 4)}` };
    for (const kind of ['react', 'pin', 'unpin'])
      assert.equal(book.try(me, kind, { target, text: '👍' }), 'entry', kind);
    assert.equal(book.try(me, 'message', { text: 'hello' }), 'entry');
  }
  // Whoever has gone is not below the one who stayed either.
  book.member(ben, 'leave', ben);
  assert.equal(book.member(ada, 'ban', ben), 'forbidden');
  assert.equal(book.try(ada, 'redact', { target: { user: ben, clientId: 'x' } }), 'forbidden');
});

test('of the rules only how long words are kept can be changed, by either', () => {
  const book = conversation();
  for (const data of [
    { joinRule: 'public' },
    { alias: 'ours' },
    { listed: true },
    { history: 'world' },
    { permissions: { member: [] } },
    { servers: { deny: [] } },
    { title: true },
    { retentionDays: 3, joinRule: 'public' },
  ])
    assert.equal(book.try(ben, 'settings', { data }), 'forbidden', JSON.stringify(data));
  assert.equal(book.try(ben, 'settings', { data: { retentionDays: 3 } }), 'entry');
  assert.equal(book.try(ada, 'settings', { data: { keepForever: true } }), 'entry');
});

test('who left comes back while the other is there, and is not asked for by an empty room', () => {
  const book = conversation();
  assert.equal(book.member(ada, 'leave', ada), 'entry');
  assert.equal(book.member(ada, 'join', ada), 'entry');
  assert.equal(book.member(ben, 'leave', ben), 'entry');
  assert.equal(book.member(ada, 'leave', ada), 'entry');
  assert.equal(book.member(ben, 'join', ben), 'not-invited');
  const asked = new Book({ direct: ben });
  assert.equal(asked.member(ben, 'join', ben), 'entry', 'whoever is named may come');
  const declined = new Book({ direct: ben });
  declined.member(ada, 'invite', ben);
  assert.equal(declined.member(ben, 'decline', ben), 'entry');
  assert.equal(declined.member(ada, 'invite', ben), 'entry', 'asked again');
  assert.equal(new Book({ direct: ben }).member(ben, 'join', ben, { guest: true }), 'guests-refused');
});

test('a Create is refused that names its maker or a rule of other rooms', () => {
  for (const data of [
    { direct: ada },
    { direct: 'nobody' },
    { direct: ben, alias: 'ours' },
    { direct: ben, joinRule: 'public' },
    { direct: ben, history: 'world' },
    { direct: ben, permissions: {} },
    { direct: ben, servers: { deny: [] } },
  ])
    assert.throws(
      () => new Book(data),
      (error) => error instanceof Refusal && error.code === 'bad-request',
      JSON.stringify(data),
    );
  assert.equal(new Book({ direct: dan, retentionDays: 7 }).state.settings.retentionDays, 7);
});

test('the word is in the leaf of Create where it was said, and nowhere else', () => {
  const { state } = conversation();
  const leaves = [...snapshotLeaves(state), ['~created', leafOf(state, '~created')!] as [string, Uint8Array]];
  assert.equal(loadState(state.id, { pos: state.head, chain: state.chain }, leaves).direct, ben);
  const other = new Book().state;
  assert.equal(other.direct, undefined);
  assert.equal(leafOf(other, 'create')![0], 0x84, 'an array of four, as ever');
  assert.equal(leafOf(state, 'create')![0], 0x85);
});

test('a snapshot of a direct room brings its two', () => {
  const { state, lines } = conversation();
  const hash = new StateHash(crypto, state).get();
  const checkpoint = signCheckpoint(crypto, 'test', state.id, state.head, state.chain, hash);
  const snapshot = {
    network: 'test',
    room: state.id,
    create: lines[0]!.headerBytes,
    checkpoint,
    leaves: snapshotLeaves(state),
  };
  const taken = stateOfSnapshot(crypto, snapshot);
  assert.deepEqual([taken.creator, taken.direct, taken.clerk], [ada, ben, clerk]);
  assert.equal(toBase32(new StateHash(crypto, taken).get()), toBase32(hash));
});

everyRoom('whatever people try, a direct room is of its two', {
  open: () => new Book({ direct: ben }),
  people: [ada, ben, cleo, dan, person(4), person(5)],
  numRuns: 50,
  check({ state, log }) {
    for (const user of [...state.members.keys(), ...state.invited.keys()]) assert.ok(isOfTwo(state, user), user);
    assert.deepEqual([state.bans.size, state.mutes.size, state.knocking.size], [0, 0, 0]);
    for (const { role, guest } of state.members.values()) assert.deepEqual([role, guest], ['owner', false]);
    const { joinRule, listed, history, alias } = state.settings;
    assert.deepEqual([joinRule, listed, history, alias], ['invite', false, 'all', null]);
    assert.ok(log.length > 0);
  },
});
