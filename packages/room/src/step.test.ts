import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPermissions, limits, type MemberChange, type Role } from '@parley/protocol';
import { heir } from './fold.ts';
import { clerkAct, nextDue, step } from './step.ts';
import { ada, Book, ben, cleo, clerk, crypto, dan, everyBook, person, startMs } from './testing.ts';

/** Kind, subject and new role or change of the newest entries, as words. */
function said(book: Book, count: number): string[] {
  const words = Object.entries({ ada, ben, cleo, dan });
  const all = book.log.map(({ what }) => {
    if (what.type !== 'envelope' && what.type !== 'clerk') return what.type;
    const { subject, role, change } = (what.act.data ?? {}) as Record<string, string>;
    const name = words.find(([, user]) => user === subject)?.[0];
    return [what.type === 'clerk' ? 'clerk' : '', what.act.kind, role ?? change, name].filter(Boolean).join(' ');
  });
  return count === 0 ? [] : all.slice(-count);
}

function room(data: object = {}): Book {
  const book = new Book({ joinRule: 'public', ...data });
  for (const user of [ben, cleo, dan]) book.member(user, 'join', user);
  return book;
}

test('a timed mute and a timed ban end by an entry of the clerk, and not a moment earlier', () => {
  const book = room();
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 1_000 } });
  book.member(ada, 'ban', cleo, { durationMs: 2_000 });
  assert.equal(nextDue(book.state), startMs + 1_000);
  book.now += 999;
  assert.deepEqual(book.step({ type: 'due' }).entries, []);
  assert.equal(book.try(ben, 'message'), 'muted');
  book.now += 1;
  assert.equal(book.try(ben, 'message'), 'entry');
  assert.deepEqual(said(book, 2), ['clerk unmute ben', 'message']);
  book.now += 1_000;
  assert.equal(book.step({ type: 'due' }).entries.length, 1);
  assert.deepEqual(said(book, 1), ['clerk member unban cleo']);
  assert.equal(nextDue(book.state), undefined);
  assert.equal(book.member(cleo, 'join', cleo), 'entry');
});

test('endings come before the act that finds them due, in the order of their times, even when it is refused', () => {
  const book = room();
  for (const [subject, durationMs] of [
    [ben, 30],
    [cleo, 10],
    [dan, 20],
  ] as const)
    book.try(ada, 'mute', { data: { subject, durationMs } });
  book.now += 25;
  assert.equal(book.try(ben, 'message'), 'muted');
  assert.deepEqual(said(book, 2), ['clerk unmute cleo', 'clerk unmute dan']);
  book.now += 5;
  assert.equal(book.try(ben, 'message'), 'entry');
  assert.deepEqual(said(book, 2), ['clerk unmute ben', 'message']);
});

test('a restriction that was lifted or made longer does not end at the old time', () => {
  const book = room();
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 10 } });
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 1_000 } });
  book.try(ada, 'mute', { data: { subject: cleo, durationMs: 10 } });
  book.try(ada, 'unmute', { data: { subject: cleo } });
  book.member(ada, 'ban', dan, { durationMs: 10 });
  book.member(ada, 'ban', dan);
  book.now += 500;
  assert.deepEqual(book.step({ type: 'due' }).entries, []);
  book.now += 500;
  assert.equal(book.step({ type: 'due' }).entries.length, 1);
  book.now += limits.durationMs;
  assert.deepEqual(book.step({ type: 'due' }).entries, []);
  assert.ok(book.state.bans.has(dan));
});

everyBook('what is due is due no longer after any step, and nothing is due that does not stand', (book) => {
  book.step({ type: 'due' });
  for (const [key, at] of book.state.due) {
    assert.ok(at > book.now);
    const [kind, user] = key.split('/');
    const map = kind === 'mute' ? book.state.mutes : book.state.bans;
    assert.equal(typeof map.get(user!)?.durationMs, 'number');
  }
  for (const [kind, map] of [
    ['mute', book.state.mutes],
    ['ban', book.state.bans],
  ] as const)
    for (const [user, { durationMs }] of map) assert.equal(book.state.due.has(`${kind}/${user}`), durationMs !== null);
});

everyBook('no two entries of a log have one user and one clientId', (book) => {
  const seen = new Set<string>();
  for (const { what } of book.log) {
    if (what.type !== 'envelope' && what.type !== 'clerk') continue;
    const key = `${what.act.user}/${what.act.clientId}`;
    assert.ok(!seen.has(key), key);
    seen.add(key);
  }
});

everyBook('a room with people who have accounts has an owner', (book) => {
  assert.equal(heir(book.state), undefined);
  const people = [...book.state.members.values()].filter(({ guest }) => !guest);
  assert.ok(people.length === 0 || people.some(({ role }) => role === 'owner'));
});

test('the highest role inherits, then the longest stay, and never a guest', () => {
  const leaves = (setUp: (book: Book) => void) => {
    const book = room();
    setUp(book);
    book.member(ada, 'leave', ada);
    return said(book, 1)[0];
  };
  assert.equal(
    leaves(() => {}),
    'clerk role owner ben',
  );
  assert.equal(
    leaves((book) => book.try(ada, 'role', { data: { subject: dan, role: 'moderator' } })),
    'clerk role owner dan',
  );
  assert.equal(
    leaves((book) => {
      book.member(ben, 'leave', ben);
      book.member(ben, 'join', ben);
    }),
    'clerk role owner cleo',
  );
  assert.equal(
    leaves((book) => book.try(ada, 'role', { data: { subject: cleo, role: 'owner' } })),
    'member leave ada',
  );
  const guests = new Book({ joinRule: 'public' });
  guests.member(ben, 'join', ben, { guest: true });
  guests.member(ada, 'leave', ada);
  assert.deepEqual(said(guests, 1), ['member leave ada']);
  guests.member(cleo, 'join', cleo);
  assert.deepEqual(said(guests, 2), ['member join cleo', 'clerk role owner cleo']);
});

test('an owner who steps down leaves another owner behind, or stays', () => {
  const book = room();
  assert.equal(book.try(ada, 'role', { data: { subject: ada, role: 'admin' } }), 'forbidden');
  book.try(ada, 'role', { data: { subject: ben, role: 'owner' } });
  assert.equal(book.try(ada, 'role', { data: { subject: ben, role: 'member' } }), 'forbidden');
  assert.equal(book.try(ada, 'role', { data: { subject: ada, role: 'member' } }), 'entry');
});

test('guests talk, whatever a table of permissions or a role would give them', () => {
  const book = new Book({ joinRule: 'public' });
  book.member(ben, 'join', ben, { guest: true });
  assert.deepEqual(book.state.members.get(ben), { role: 'guest', since: 2, guest: true });
  assert.equal(book.try(ben, 'message'), 'entry');
  assert.equal(book.member(ben, 'invite', cleo), 'forbidden');
  for (const role of ['owner', 'admin', 'moderator', 'member', 'guest'])
    assert.equal(book.try(ada, 'role', { data: { subject: ben, role } }), 'forbidden');
  const guest = [...defaultPermissions.guest, 'invite'];
  assert.equal(book.try(ada, 'settings', { data: { permissions: { ...defaultPermissions, guest } } }), 'forbidden');
});

test('slow mode makes members and guests wait, tells how long, and lets moderators talk', () => {
  const book = room({ slowModeMs: 1_000 });
  book.try(ada, 'role', { data: { subject: cleo, role: 'moderator' } });
  const says = (user: string) => {
    const act = book.act(user, 'message');
    return book.step({ type: 'act', act, facts: {}, after: book.state.head }).outcome;
  };
  assert.equal(says(ben)?.type, 'entry');
  book.now += 400;
  assert.deepEqual(says(ben), { type: 'refused', code: 'too-fast', retryAfterMs: 600 });
  assert.equal(says(dan)?.type, 'entry');
  assert.equal(book.try(ben, 'react', { target: { user: dan, clientId: 'c1' } }), 'entry');
  for (const user of [cleo, cleo, ada, ada]) assert.equal(says(user)?.type, 'entry');
  book.now += 600;
  assert.equal(says(ben)?.type, 'entry');
  book.try(ada, 'settings', { data: { slowModeMs: 0 } });
  for (let i = 0; i < 3; i++) assert.equal(says(ben)?.type, 'entry');
});

test('what an act names must stand: a message, or for unreact a reaction', () => {
  const book = room();
  const target = { user: ben, clientId: 'c1' };
  const tries = (kind: string, facts: { kind: string; gone: boolean } | undefined) => {
    const act = book.act(ada, kind, { target });
    const { outcome } = book.step({ type: 'act', act, facts: facts ? { target: facts } : {}, after: book.state.head });
    return outcome?.type === 'refused' ? outcome.code : 'entry';
  };
  for (const kind of ['redact', 'react', 'pin', 'unpin', 'unreact']) {
    const right = kind === 'unreact' ? 'react' : 'message';
    const wrong = kind === 'unreact' ? 'message' : 'react';
    assert.equal(tries(kind, { kind: right, gone: true }), 'unknown-target', kind);
    assert.equal(tries(kind, { kind: wrong, gone: false }), 'unknown-target', kind);
    assert.equal(tries(kind, undefined), 'unknown-target', kind);
    assert.equal(tries(kind, { kind: right, gone: false }), 'entry', kind);
  }
});

test('the clerk imports with the time of then, and refuses to append what its own fold forbids', () => {
  const book = room();
  const imported = book.step({ type: 'clerk', act: clerkAct(book.state, 'message', { imported: true }), at: 7 });
  assert.equal(imported.entries[0]!.header.at, 7);
  assert.throws(() => step(book.state, { type: 'clerk', act: clerkAct(book.state, 'message', {}) }, 1, crypto));
});

test('a refusal appends nothing and a room of another id has no say', () => {
  const book = room();
  const head = book.state.head;
  assert.equal(book.try(person(9), 'message'), 'not-a-member');
  const act = { ...book.act(ben, 'message'), room: clerk };
  assert.equal(book.step({ type: 'act', act, facts: {}, after: head }).outcome?.type, 'refused');
  assert.equal(book.try(ben, 'poll'), 'forbidden');
  assert.deepEqual(book.state.head, head);
});

test('a pin goes with its message: redacted, or erased with all of its author', () => {
  const book = room();
  for (const [user, clientId] of [
    [ben, 'b1'],
    [ben, 'b2'],
    [cleo, 'b1'],
  ] as const)
    book.try(ada, 'pin', { target: { user, clientId } });
  book.try(ada, 'redact', { target: { user: cleo, clientId: 'b1' } });
  assert.equal(book.state.pins.size, 2);
  assert.equal(book.try(ben, 'erase', { data: { subject: ben } }), 'entry');
  assert.equal(book.state.pins.size, 0);
});

test('a knock ends by an invitation, a denial, its withdrawal, a ban, or by joining where the door opened', () => {
  const book = room();
  book.try(ada, 'settings', { data: { joinRule: 'knock' } });
  const dora = person(9);
  const ends: [by: string, change: MemberChange, after?: () => unknown][] = [
    [ada, 'invite', () => assert.equal(book.member(dora, 'knock', dora), 'duplicate', 'who is invited need not ask')],
    [ada, 'revoke'],
    [ada, 'deny'],
    [dora, 'withdraw'],
    [ada, 'ban'],
    [ada, 'unban'],
    [dora, 'join'],
  ];
  for (const [by, change, after] of ends) {
    if (change !== 'revoke' && change !== 'unban') {
      assert.equal(book.member(dora, 'knock', dora), 'entry', change);
      assert.equal(book.member(dora, 'knock', dora), 'duplicate');
    }
    if (change === 'join') book.try(ada, 'settings', { data: { joinRule: 'public' } });
    assert.equal(book.member(by, change, dora), 'entry', change);
    assert.equal(book.state.knocking.size, 0, change);
    assert.equal(book.member(ada, 'deny', dora), 'unknown-target');
    assert.equal(book.member(dora, 'withdraw', dora), 'unknown-target');
    after?.();
  }
});

test('a message is pinned once and unpinned once', () => {
  const book = room();
  const target = { user: ben, clientId: 'b1' };
  assert.equal(book.try(ada, 'unpin', { target }), 'unknown-target');
  assert.equal(book.try(ada, 'pin', { target }), 'entry');
  assert.equal(book.try(ada, 'pin', { target }), 'duplicate');
  assert.equal(book.try(ben, 'pin', { target }), 'forbidden');
  assert.equal(book.try(ada, 'unpin', { target }), 'entry');
  assert.equal(book.try(ada, 'unpin', { target }), 'unknown-target');
});

test('every map of a room has a cap (S13)', () => {
  const book = room();
  const { state } = book;
  const full = (map: Map<string, unknown>, size: number, value: unknown) => {
    for (let i = 0; map.size < size; i++) map.set(`x${i}`, value);
  };
  const rule = { since: 1, durationMs: null };
  full(state.mutes, limits.mutesPerRoom, rule);
  assert.equal(book.try(ada, 'mute', { data: { subject: ben } }), 'too-many');
  full(state.bans, limits.bansPerRoom, rule);
  assert.equal(book.member(ada, 'ban', ben), 'too-many');
  full(state.invited, limits.invitesPerRoom, { by: ada, since: 1 });
  assert.equal(book.member(ada, 'invite', person(9)), 'too-many');
  full(state.pins, limits.pins, { user: ada, clientId: 'x', since: 1 });
  assert.equal(book.try(ada, 'pin', { target: { user: ada, clientId: 'c1' } }), 'too-many');
  book.try(ada, 'settings', { data: { joinRule: 'knock' } });
  full(state.knocking, limits.invitesPerRoom, { since: 1 });
  assert.equal(book.member(person(9), 'knock', person(9)), 'too-many');
  book.try(ada, 'settings', { data: { joinRule: 'public' } });
  full(state.members, limits.membersPerRoom, { role: 'member' satisfies Role, since: 1, guest: false });
  assert.equal(book.member(person(9), 'join', person(9)), 'too-many');
  for (let i = 0; state.historyRules.length < limits.historyRules; i++)
    book.try(ada, 'settings', { data: { history: i % 2 ? 'all' : 'world' } });
  assert.equal(book.try(ada, 'settings', { data: { history: 'since-join' } }), 'too-many');
  assert.equal(book.try(ada, 'settings', { data: { history: state.settings.history, listed: false } }), 'entry');
});
