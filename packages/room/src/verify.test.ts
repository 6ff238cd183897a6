import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPermissions, encodeCbor, Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { type Act, encodeAct } from './act.ts';
import { zeroHash } from './crypto.ts';
import { encodeStamp, envelopeHash, type Stamp } from './envelope.ts';
import { decodeHeader, encodeHeader, type What } from './header.ts';
import { leafOf, loadState, takeChanges } from './leaf.ts';
import type { RoomState } from './state.ts';
import { allKeys, StateHash } from './state-hash.ts';
import { clerkAct } from './step.ts';
import { ada, Book, ben, cleo, clerk, crypto, dan, everyBook, person, stranger } from './testing.ts';
import { follow } from './verify.ts';

type Lines = Book['lines'];

function followed(lines: Lines): RoomState {
  let state: RoomState | undefined;
  for (const { headerBytes, parts } of lines) state = follow(crypto, state, headerBytes, parts).state;
  return state!;
}

function leaves(state: RoomState): [string, Uint8Array][] {
  return allKeys(state)
    .sort()
    .flatMap((key) => {
      const value = leafOf(state, key);
      return value ? [[key, Uint8Array.from(value)] as [string, Uint8Array]] : [];
    });
}

function same(a: RoomState, b: RoomState): void {
  assert.deepEqual(leaves(a), leaves(b));
  assert.deepEqual([a.id, a.head, Buffer.from(a.chain)], [b.id, b.head, Buffer.from(b.chain)]);
  assert.deepEqual(new StateHash(crypto, a).get(), new StateHash(crypto, b).get());
  const { info, historyRules, due, creator, createdAt, network } = a;
  assert.deepEqual({ info, historyRules, due, creator, createdAt, network }, pick(b));
}
const pick = ({ info, historyRules, due, creator, createdAt, network }: RoomState) => ({
  info,
  historyRules,
  due,
  creator,
  createdAt,
  network,
});

everyBook('the clerk, a follower of the headers and a reader of the leaves come to one state', (book) => {
  const { state } = book;
  same(followed(book.lines), state);
  same(loadState(state.id, { pos: state.head, chain: state.chain }, leaves(state)), state);
});

everyBook('the log verifies whichever parts are taken away (S15)', (book) => {
  const want = new StateHash(crypto, book.state).get();
  for (const keep of [0, 1, 2]) {
    const lines = book.lines.map(({ headerBytes, parts }, i) => ({
      headerBytes,
      parts: keep === 0 ? [] : parts.map((part) => (i % 2 === keep - 1 ? part : null)),
    }));
    const state = followed(lines);
    assert.deepEqual(state.chain, book.state.chain);
    assert.deepEqual(new StateHash(crypto, state).get(), want);
  }
});

test('leaves written change by change add up to the state, and the state hash kept up to date to a fresh one', () => {
  const book = new Book();
  const stored = new Map<string, Uint8Array>();
  const hash = new StateHash(crypto, book.state);
  const commit = () => {
    for (const [key, value] of takeChanges(book.state)) {
      if (value) stored.set(key, Uint8Array.from(value));
      else stored.delete(key);
      hash.update(book.state, [key]);
    }
  };
  commit();
  const people = [1, 2, 3, 4].map((n) => person(n));
  fc.assert(
    fc.property(fc.constantFrom(...people), fc.nat(7), fc.nat(3_000), (user, what, waitMs) => {
      book.now += waitMs;
      if (what === 0) book.member(user, 'join', user);
      else if (what === 1) book.member(user, 'leave', user);
      else if (what === 2) book.member(ada, 'ban', user, { durationMs: 5_000 });
      else if (what === 3) book.try(ada, 'mute', { data: { subject: user, durationMs: 4_000 } });
      else if (what === 4) book.try(ada, 'pin', { target: { user, clientId: 'c1' } });
      else if (what === 5) book.try(user, 'redact', { target: { user, clientId: 'c1' } });
      else if (what === 6) book.member(ada, 'invite', user);
      else book.try(ada, 'settings', { data: { history: waitMs % 2 ? 'all' : 'world' } });
      commit();
      const { state } = book;
      assert.deepEqual(
        [...stored].sort(([a], [b]) => (a < b ? -1 : 1)),
        leaves(state),
      );
      assert.deepEqual(hash.get(), new StateHash(crypto, state).get());
      same(loadState(state.id, { pos: state.head, chain: state.chain }, stored), state);
    }),
    { numRuns: 300 },
  );
});

test('the state hash covers every leaf but the notes of the clerk', () => {
  const book = new Book();
  book.member(ben, 'join', ben);
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 5 } });
  const before = new StateHash(crypto, book.state).get();
  book.state.due.set(`mute/${ben}`, 7);
  assert.deepEqual(new StateHash(crypto, book.state).get(), before);
  book.state.members.set(ben, { role: 'admin', since: 2, guest: false });
  assert.notDeepEqual(new StateHash(crypto, book.state).get(), before);
});

const badRequest = (error: unknown) => error instanceof Refusal && error.code === 'bad-request';

/** The next header of `book` as a clerk that cheats could write it. */
function forged(book: Book, what: What, pos = { term: 1, seq: book.state.head.seq + 1 }): Uint8Array {
  return encodeHeader({ pos, at: book.now, what });
}
const byClerk = (act: Act): What => ({ type: 'clerk', act, actBytes: encodeAct(act) });
function byPerson(book: Book, act: Act, changed: Partial<Stamp> = {}): What {
  const last = book.state.origins.get(clerk)!;
  const { oseq, hash, incarnation } = last;
  const stamp = { origin: clerk, incarnation, oseq: oseq + 1, prev: hash, after: book.state.head, ...changed };
  return { type: 'envelope', stamp, stampBytes: encodeStamp(stamp), act, actBytes: encodeAct(act), signature: null };
}

function room(): Book {
  const book = new Book({ joinRule: 'public' });
  for (const user of [ben, cleo]) book.member(user, 'join', user);
  book.try(ada, 'mute', { data: { subject: cleo } });
  book.member(ada, 'ban', dan);
  return book;
}

test('what a cheating clerk appends in another name folds to nothing, and the chain goes on', () => {
  const attempts: ((book: Book) => What)[] = [
    (book) => byPerson(book, book.act(cleo, 'message')),
    (book) => byPerson(book, book.act(dan, 'message')),
    (book) => byPerson(book, book.act(dan, 'member', { data: { change: 'join', subject: dan } })),
    (book) => byPerson(book, book.act(ben, 'member', { data: { change: 'ban', subject: ada } })),
    (book) => byPerson(book, book.act(ben, 'role', { data: { subject: ben, role: 'owner' } })),
    (book) =>
      byPerson(
        book,
        book.act(person(9, stranger), 'member', { data: { change: 'join', subject: person(9, stranger) } }),
      ),
    (book) => byPerson(book, book.act(ben, 'system', { data: { about: 'x' } })),
    (book) => byPerson(book, book.act(ben, 'message', { data: { imported: true } })),
    (book) => byPerson(book, { ...book.act(ada, 'settings', { data: { listed: false } }), room: ben.slice(17) }),
    (book) => byPerson(book, book.act(ada, 'settings', { data: { joinRule: 'open' } })),
    (book) => byPerson(book, book.act(ada, 'settings', { data: { listed: false, unknown: 1 } })),
    (book) => byPerson(book, book.act(ada, 'create', { data: {} })),
    (book) => byClerk(clerkAct(book.state, 'message', {})),
    (book) => byClerk(clerkAct(book.state, 'role', { subject: ben, role: 'owner' })),
    (book) => byClerk(clerkAct(book.state, 'role', { subject: ada, role: 'owner' })),
    (book) => byClerk(clerkAct(book.state, 'unmute', { subject: cleo })),
    (book) => byClerk(clerkAct(book.state, 'member', { change: 'unban', subject: dan })),
    (book) => byClerk(clerkAct(book.state, 'unmute', { subject: ben })),
    (book) => byClerk(clerkAct(book.state, 'mute', { subject: ben })),
    (book) => byClerk(clerkAct(book.state, 'member', { change: 'kick', subject: ben })),
    (book) => byClerk(clerkAct(book.state, 'member', { change: 'join', subject: person(9) })),
    (book) => byClerk(clerkAct(book.state, 'settings', { joinRule: 'invite' })),
    (book) => byClerk({ ...clerkAct(book.state, 'erase', { subject: ben }), user: person(9, stranger) }),
    (book) => byClerk({ ...clerkAct(book.state, 'erase', { subject: ben }), room: null }),
    (book) => byClerk(clerkAct(book.state, 'erase', { subject: 'ben' })),
  ];
  for (const [i, attempt] of attempts.entries()) {
    const book = room();
    const before = leaves(book.state).filter(([key]) => !key.startsWith('origin/'));
    const headerBytes = forged(book, attempt(book));
    const { state } = follow(crypto, followed(book.lines), headerBytes, []);
    const after = leaves(state).filter(([key]) => !key.startsWith('origin/'));
    assert.deepEqual(after, before, `attempt ${i}`);
    assert.equal(state.head.seq, book.state.head.seq + 1);
  }
});

test('an entry of a kind that nobody knows yet folds to nothing', () => {
  const book = room();
  const { state } = follow(
    crypto,
    followed(book.lines),
    forged(book, byPerson(book, book.act(ben, 'poll', { data: [1] }))),
    [],
  );
  assert.equal(state.head.seq, book.state.head.seq + 1);
  const later = encodeCbor([1, book.state.head.seq + 1, 5, 'council', 1]);
  assert.equal(follow(crypto, followed(book.lines), later, []).state.members.size, 3);
});

test('a header at another place, of another numbering or with other parts is refused and changes nothing', () => {
  const book = room();
  const next = { term: 1, seq: book.state.head.seq + 1 };
  const said = () => book.act(ben, 'message', { text: 'hi' });
  const stamped = (changed: Partial<Stamp>) => forged(book, byPerson(book, said(), changed));
  const good = stamped({});
  const { oseq } = book.state.origins.get(clerk)!;
  const bad: Record<string, Uint8Array> = {
    'the same seq again': forged(book, byPerson(book, said()), { ...next, seq: next.seq - 1 }),
    'a seq too far': forged(book, byPerson(book, said()), { ...next, seq: next.seq + 1 }),
    'a later term without saying so': forged(book, byPerson(book, said()), { ...next, term: 2 }),
    'an earlier term': forged(book, byPerson(book, said()), { ...next, term: 0 }),
    'a term entry of the same term': forged(book, { type: 'term', base: book.state.head }),
    'an oseq again': stamped({ oseq }),
    'an oseq too far': stamped({ oseq: oseq + 2 }),
    'another prev': stamped({ prev: zeroHash }),
    'the numbering of a later incarnation goes on': stamped({ incarnation: 1 }),
    'a later incarnation that names a prev': stamped({ incarnation: 1, oseq: 1 }),
    'another origin that starts in the middle': stamped({ origin: stranger, oseq: 2, prev: zeroHash }),
    'another origin that names a prev': stamped({ origin: stranger, oseq: 1 }),
    'an after that has not happened (S5)': stamped({ after: next }),
    'an after of a term to come (S5)': stamped({ after: { term: 2, seq: 1 } }),
  };
  for (const [why, headerBytes] of Object.entries(bad)) {
    const state = followed(book.lines);
    const before = [leaves(state), state.head, state.chain];
    assert.throws(() => follow(crypto, state, headerBytes, []), badRequest, why);
    assert.deepEqual([leaves(state), state.head, state.chain], before, why);
  }
  const other = { salt: new Uint8Array(16), bytes: new Uint8Array(3) };
  for (const parts of [[other], [null, null]])
    assert.throws(() => follow(crypto, followed(book.lines), good, parts), badRequest);
  for (const parts of [[], [null]]) follow(crypto, followed(book.lines), good, parts);
});

test('a restarted origin begins at oseq 1 of a later incarnation, and a restored clerk goes on in a later term', () => {
  const book = room();
  const again = byPerson(book, book.act(ben, 'message'), { incarnation: 1, oseq: 1, prev: zeroHash });
  const { state } = follow(crypto, followed(book.lines), forged(book, again), []);
  assert.equal(state.origins.get(clerk)!.incarnation, 1);
  const head = state.head;
  const term = encodeHeader({ pos: { term: 7, seq: head.seq + 1 }, at: 1, what: { type: 'term', base: head } });
  assert.deepEqual(follow(crypto, state, term, []).state.head, { term: 7, seq: head.seq + 1 });
});

test('tombstones keep the numbering of an origin and change nothing else', () => {
  const book = room();
  const stamp = { origin: stranger, incarnation: 0, oseq: 1, prev: zeroHash, after: { term: 1, seq: 1 } };
  const guest = person(9, stranger);
  const [actHash, stampBytes] = [crypto.sha256(new Uint8Array(1)), encodeStamp(stamp)];
  const signature = new Uint8Array(64);
  const what: What = {
    type: 'tombstone',
    stamp,
    stampBytes,
    actHash,
    user: guest,
    clientId: 'x',
    code: 'banned',
    signature,
  };
  const { state, header } = follow(crypto, followed(book.lines), forged(book, what), []);
  assert.equal(header.what.type, 'tombstone');
  assert.deepEqual(state.origins.get(stranger)?.hash, envelopeHash(crypto, stampBytes, actHash));
  assert.equal(state.members.size, book.state.members.size);
});

test('a log begins with the Create of its own clerk and with nothing else', () => {
  const book = new Book();
  const { what } = decodeHeader(book.lines[0]!.headerBytes);
  assert.ok(what.type === 'envelope');
  const first = (changed: Partial<Act>, stamp: Partial<Stamp> = {}, seq = 1) => {
    const act = { ...what.act, ...changed };
    const stampBytes = encodeStamp({ ...what.stamp, ...stamp });
    const header: What = { ...what, act, actBytes: encodeAct(act), stampBytes };
    return encodeHeader({ pos: { term: 1, seq }, at: 1, what: header });
  };
  assert.equal(follow(crypto, undefined, first({}), []).state.id, book.state.id);
  const data = what.act.data as object;
  const bad: Record<string, Uint8Array> = {
    'at seq 2': first({}, {}, 2),
    'with a room': first({ room: book.state.id }),
    'of another kind': first({ kind: 'message' }),
    'by a user of another server': first({ user: person(1, stranger) }),
    'with another clerk': first({ data: { ...data, clerk: stranger } }),
    'stamped by another server': first({}, { origin: stranger }),
    'in the middle of a numbering': first({}, { oseq: 2 }),
    'after a prev': first({}, { prev: new Uint8Array(32).fill(1) }),
    'with an unknown field': first({ data: { ...data, x: 1 } }),
    'without a nonce': first({ data: { ...data, nonce: '' } }),
    'with guests who ban': first({ data: { ...data, permissions: { ...defaultPermissions, guest: ['ban'] } } }),
    'with an owner who may not do everything': first({
      data: { ...data, permissions: { ...defaultPermissions, owner: ['post'] } },
    }),
    'that is not a person’s': forged(book, byClerk(clerkAct(book.state, 'system', { about: 'x' })), {
      term: 1,
      seq: 1,
    }),
  };
  for (const [why, headerBytes] of Object.entries(bad))
    assert.throws(() => follow(crypto, undefined, headerBytes, []), badRequest, why);
  const version = first({ data: { ...data, version: 2 } });
  assert.throws(
    () => follow(crypto, undefined, version, []),
    (e) => e instanceof Refusal && e.code === 'unsupported-room',
  );
});
