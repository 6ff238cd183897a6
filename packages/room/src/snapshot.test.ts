import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor, limits, Refusal, roles } from '@parley/protocol';
import fc from 'fast-check';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import { encodeStamp } from './envelope.ts';
import { decodeHeader, encodeHeader } from './header.ts';
import { takeChanges } from './leaf.ts';
import { signedLength } from './signatures.ts';
import { SignedRun } from './signed-run.ts';
import { type Leaf, type Snapshot, snapshotLeaves, stateOfSnapshot } from './snapshot.ts';
import { pinKey, type RoomState } from './state.ts';
import { StateHash } from './state-hash.ts';
import { ada, Book, ben, cleo, clerk, crypto, cryptoOf, dan, person, stranger } from './testing.ts';
import { everyUnion, Union } from './testing-foreign.ts';

const checkpointOf = (state: RoomState, signer = crypto): Checkpoint =>
  signCheckpoint(signer, 'test', state.id, state.head, state.chain, new StateHash(crypto, state).get());

function snapshotOf({ lines, state }: Book, at: RoomState = state): Snapshot {
  const leaves = snapshotLeaves(at);
  const create = lines[0]!.headerBytes;
  return { network: 'test', room: at.id, create, checkpoint: checkpointOf(at), leaves };
}

/** What a snapshot is refused for. */
function fault(snapshot: Snapshot): string {
  try {
    stateOfSnapshot(crypto, snapshot);
    return 'none';
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.detail.field ?? error.code;
  }
}

/** A room with something under every kind of leaf. */
function full(): Union {
  const book = new Union({ joinRule: 'public' });
  const [uma, vic] = [1, 2].map((n) => book.servers[0]!.person(n)) as [string, string];
  for (const user of [ben, cleo, dan, uma]) book.member(user, 'join', user);
  book.member(person(8), 'join', person(8), { guest: true });
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 50 } });
  book.try(ada, 'mute', { data: { subject: uma } });
  book.member(ada, 'ban', dan, { durationMs: 50 });
  book.member(ada, 'ban', cleo);
  book.member(ada, 'invite', vic);
  // Another spelling of nobody's id.
  for (const change of ['invite', 'ban'] as const) book.member(ada, change, `${'a'.repeat(16)}.${'b'.repeat(51)}a`);
  for (const clientId of ['p1', 'p2']) book.try(ada, 'pin', { target: { user: uma, clientId } });
  book.try(ada, 'settings', { data: { joinRule: 'knock', history: 'since-join', alias: 'ops', retentionDays: 3 } });
  book.member(person(9), 'knock', person(9));
  return book;
}

everyUnion('a server that joins by a snapshot comes to the state of those who followed from the start', (book) => {
  book.close();
  const middle = signedLength(clerk, book.log.slice(0, Math.ceil(book.lines.length / 2)));
  const run = new SignedRun(crypto, clerk);
  for (const { headerBytes } of book.lines.slice(0, middle)) run.next(headerBytes);
  const joined = stateOfSnapshot(crypto, snapshotOf(book, run.state!));
  assert.equal(joined.due.size, 0);
  const { id, version, network, creator, createdAt, head, chain } = joined;
  assert.deepEqual({ id, version, network, creator, createdAt, head, chain }, pick(run.state!));
  const later = new SignedRun(crypto, stranger, joined);
  for (const { headerBytes } of book.lines.slice(middle)) assert.equal(later.next(headerBytes).forbidden, undefined);
  later.end();
  assert.deepEqual(snapshotLeaves(joined), snapshotLeaves(book.state));
  assert.deepEqual(new StateHash(crypto, joined).get(), new StateHash(crypto, book.state).get());
});
const pick = ({ id, version, network, creator, createdAt, head, chain }: RoomState) => ({
  id,
  version,
  network,
  creator,
  createdAt,
  head,
  chain,
});

test('a snapshot has every leaf that is hashed, ascending, and its state tells all of them to be stored', () => {
  const snapshot = snapshotOf(full());
  const keys = snapshot.leaves.map(([key]) => key);
  assert.deepEqual(keys, [...new Set(keys)].sort());
  const kinds = [...new Set(keys.map((key) => key.split('/')[0]!))];
  const known = 'ban create history info invited knocking member mute origin pin settings';
  assert.deepEqual(kinds, known.split(' '));
  const stored = takeChanges(stateOfSnapshot(crypto, snapshot));
  assert.deepEqual([...stored.keys()].filter((key) => key !== '~created').sort(), keys);
  assert.ok(stored.has('~created'));
});

test('a changed bit of a leaf or of a key is refused', () => {
  const snapshot = snapshotOf(full());
  const { leaves } = snapshot;
  fc.assert(
    fc.property(fc.nat(leaves.length - 1), fc.nat(), fc.boolean(), (which, at, inKey) => {
      const [key, value] = leaves[which]!;
      const bytes = Uint8Array.from(inKey ? new TextEncoder().encode(key) : value);
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const other: Leaf = inKey ? [new TextDecoder().decode(bytes), value] : [key, bytes];
      assert.notEqual(fault({ ...snapshot, leaves: leaves.with(which, other) }), 'none');
    }),
    { numRuns: 1_000 },
  );
});

test('a snapshot of another room, network, clerk, place or state is refused', () => {
  const book = full();
  const good = snapshotOf(book);
  const { checkpoint, leaves } = good;
  const { state } = book;
  const other = new Book({ nonce: 'other' });
  const create = decodeHeader(good.create);
  assert.ok(create.what.type === 'envelope');
  const moved = encodeHeader({ ...create, pos: { term: 2, seq: 1 } });
  const second = { ...create.what.stamp, oseq: 2 };
  const stamped = encodeHeader({ ...create, what: { ...create.what, stampBytes: encodeStamp(second) } });
  assert.equal(fault(good), 'none');
  const bad: [string, Partial<Snapshot>][] = [
    ['create', { room: other.state.id }],
    ['create', { create: other.lines[0]!.headerBytes }],
    ['create', { network: 'other' }],
    ['create', { create: moved }],
    ['bad-request', { create: stamped }],
    ['bad-request', { create: book.lines[1]!.headerBytes }],
    ['bad-frame', { create: good.create.subarray(1) }],
    ['checkpoint', { checkpoint: checkpointOf(state, cryptoOf(2)) }],
    ['checkpoint', { checkpoint: { ...checkpoint, pos: { ...checkpoint.pos, seq: checkpoint.pos.seq + 1 } } }],
    ['checkpoint', { checkpoint: { ...checkpoint, chain: new Uint8Array(32) } }],
    ['checkpoint', { checkpoint: { ...checkpoint, signature: new Uint8Array(64) } }],
    ['checkpoint', { leaves: leaves.filter(([key]) => !key.startsWith('ban/')) }],
    ['leaves', { leaves: leaves.filter(([key]) => key !== 'settings') }],
    ['leaves', { leaves: leaves.filter(([key]) => key !== 'create') }],
    ['leaves', { leaves: [...leaves, leaves.at(-1)!] }],
    ['leaves', { leaves: leaves.toReversed() }],
    ['leaves', { leaves: [...leaves, ['zoo', encodeCbor([1])]] }],
    ['leaves', { leaves: [...leaves, ['~due/x', encodeCbor(1)]] }],
    ['leaves', { leaves: [] }],
  ];
  for (const [why, changed] of bad)
    assert.equal(fault({ ...good, ...changed }), why, JSON.stringify(changed).slice(0, 80));
});

test('a leaf that no fold makes is refused, though the clerk signed it', () => {
  const book = full();
  const good = snapshotOf(book);
  const settings: unknown[] = [
    'ops',
    'knock',
    true,
    'since-join',
    3,
    0,
    roles.map((role) => book.state.settings.permissions[role]),
  ];
  const hash = new Uint8Array(32);
  const bad: [string, unknown][] = [
    [`member/${ben}`, ['king', 1, false]],
    [`member/${ben}`, ['member', 0, false]],
    [`member/${ben}`, ['member', 1_000, false]],
    [`member/${ben}`, ['member', 1.5, false]],
    [`member/${ben}`, ['member', 1, 0]],
    [`member/${ben}`, ['member', 1, false, 1]],
    [`member/${ben}`, 'member'],
    [`member/${ben.slice(1)}`, ['member', 1, false]],
    [`member/${ben.slice(0, -1)}b`, ['member', 1, false]],
    ['member', ['member', 1, false]],
    [`create/${ben}`, [1]],
    [`invited/${ben}`, ['ada', 1]],
    [`knocking/${ben}`, []],
    [`ban/${ben}`, [1, 0]],
    [`ban/${ben}`, [1, limits.durationMs + 1]],
    [`mute/${ben}`, [1]],
    [`pin/${pinKey(ben, 'a')}`, [ben, 'b', 1]],
    [`pin/${pinKey('ben', 'a')}`, ['ben', 'a', 1]],
    [`pin/${pinKey(ben, 'a'.repeat(65))}`, [ben, 'a'.repeat(65), 1]],
    [`origin/${stranger}`, [0, 0, hash]],
    [`origin/${stranger}`, [0, 1, hash.subarray(1)]],
    [`origin/${stranger.slice(1)}a`, [-1, 1, hash]],
    ['info', [0]],
    ['info', [0, 1_000]],
    ['history', []],
    ['history', [[1, 'all']]],
    [
      'history',
      [
        [1, 'all'],
        [1, 'since-join'],
      ],
    ],
    [
      'history',
      [
        [1, 'since-join'],
        [2, 'since-join'],
      ],
    ],
    [
      'history',
      [
        [1, 'open'],
        [2, 'since-join'],
      ],
    ],
    ['history', [1]],
    ['settings', settings.slice(1)],
    ['settings', settings.with(0, 'Ops')],
    ['settings', settings.with(1, 'open')],
    ['settings', settings.with(2, 1)],
    ['settings', settings.with(3, 'all')],
    ['settings', settings.with(4, -1)],
    ['settings', settings.with(5, limits.slowModeMs + 1)],
    ['settings', settings.with(6, [])],
    [
      'settings',
      settings.with(
        6,
        roles.map(() => ['fly']),
      ),
    ],
    [
      'settings',
      settings.with(
        6,
        roles.map(() => []),
      ),
    ],
    [
      'settings',
      settings.with(
        6,
        roles.map(() => book.state.settings.permissions.owner),
      ),
    ],
    ['constructor', [1]],
    ['toString/x', [1]],
    ['', [1]],
  ];
  for (const [key, value] of bad) {
    const leaves = [...good.leaves.filter(([known]) => known !== key), [key, encodeCbor(value)] as Leaf];
    leaves.sort(([a], [b]) => (a < b ? -1 : 1));
    assert.equal(fault({ ...good, leaves }), 'leaves', `${key} ${JSON.stringify(value).slice(0, 60)}`);
  }
  const longer = good.leaves.map(([key, bytes]): Leaf => [key, Uint8Array.from([0x98, ...bytes])]);
  assert.equal(fault({ ...good, leaves: [good.leaves[0]!, ...longer.slice(1)] }), 'bad-frame');
});

test('a snapshot beyond the limits of a room is refused, though the clerk signed it (S13)', () => {
  const room = (fill: (state: RoomState) => void) => {
    const book = new Book();
    fill(book.state);
    return fault(snapshotOf(book));
  };
  const pins = (count: number) => (state: RoomState) => {
    for (let i = 0; i < count; i++) state.pins.set(pinKey(ben, `${i}`), { user: ben, clientId: `${i}`, since: 1 });
  };
  assert.equal(room(pins(limits.pins)), 'none');
  assert.equal(room(pins(limits.pins + 1)), 'leaves');
  const leaf: Leaf = ['x', new Uint8Array()];
  const leaves = Array.from({ length: 150_000 }, () => leaf);
  assert.equal(fault({ ...snapshotOf(new Book()), leaves }), 'leaves');
});
