import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits, Refusal } from '@parley/protocol';
import { isForkProof, signCheckpoint, vouchesFor } from './checkpoint.ts';
import { zeroHash } from './crypto.ts';
import { decodeHeader, encodeHeader, type Header, type What } from './header.ts';
import { signedLength } from './signatures.ts';
import { SignedRun } from './signed-run.ts';
import type { RoomState } from './state.ts';
import { allKeys, StateHash } from './state-hash.ts';
import { ada, ben, clerk, crypto, person } from './testing.ts';
import { everyUnion, Union } from './testing-foreign.ts';

const follower = new Union().servers[0]!.server;
const hashOf = (state: RoomState) => new StateHash(crypto, state).get();
const field = (name: string) => (error: unknown) => error instanceof Refusal && error.detail.field === name;

function followed(lines: Union['lines'], server = follower): SignedRun {
  const run = new SignedRun(crypto, server);
  for (const { headerBytes } of lines) assert.equal(run.next(headerBytes).forbidden, undefined);
  return run;
}

everyUnion('clerk and follower come to one state over the acts of three servers, tombstones included', (book) => {
  book.close();
  const run = followed(book.lines);
  run.end();
  const state = run.state!;
  assert.deepEqual(hashOf(state), hashOf(book.state));
  const { origins, head, chain, members, settings } = book.state;
  assert.deepEqual(
    { origins, head, chain, members, settings },
    {
      origins: state.origins,
      head: state.head,
      chain: state.chain,
      members: state.members,
      settings: state.settings,
    },
  );
  for (const server of book.servers)
    if (server.last.oseq > 0) assert.deepEqual(origins.get(server.server), server.last);
  const checkpoint = signCheckpoint(crypto, 'test', state.id, head, chain, hashOf(book.state));
  assert.ok(vouchesFor(crypto, state, hashOf(state), checkpoint));
});

everyUnion(
  'a follower takes no notes of the clerk, and the clerk that follows its own log does',
  (book) => {
    const { state } = followed(book.lines);
    assert.deepEqual(
      [...allKeys(state!), ...state!.changed].filter((key) => key.startsWith('~due')),
      [],
    );
    assert.deepEqual(followed(book.lines, clerk).state!.due, book.state.due);
  },
  20,
);

everyUnion(
  'every outcome of an origin is at its number, once, and hangs on the one before',
  (book) => {
    const seen = new Map<string, { incarnation: number; oseq: number }>();
    for (const { what } of book.log) {
      if (what.type !== 'envelope' && what.type !== 'tombstone') continue;
      const { origin, incarnation, oseq } = what.stamp;
      const last = seen.get(origin);
      if (last?.incarnation === incarnation) assert.equal(oseq, last.oseq + 1);
      else assert.equal(oseq, 1);
      seen.set(origin, { incarnation, oseq });
    }
  },
  20,
);

everyUnion(
  'a run may end where everything is signed and nowhere else',
  (book) => {
    const run = new SignedRun(crypto, follower);
    for (const [i, { headerBytes }] of book.lines.entries()) {
      run.next(headerBytes);
      const isSigned = signedLength(clerk, book.log.slice(0, i + 1)) === i + 1;
      if (isSigned) run.end();
      else assert.throws(() => run.end(), field('signature'));
      assert.equal(run.unsigned.length === 0, isSigned);
    }
  },
  10,
);

/** A room with a member of another server, who has said two things under one signature, and one that was refused. */
function talked(): Union {
  const book = new Union({ joinRule: 'public' });
  const server = book.servers[0]!;
  const [uma, vic] = [server.person(1), server.person(2)];
  book.member(uma, 'join', uma);
  for (const user of [uma, vic, uma, uma]) book.try(user, 'message');
  book.try(ada, 'message');
  book.close();
  return book;
}

test('a header with any one bit changed is refused, or the clerk’s checkpoint is not for it', () => {
  const book = talked();
  const { state } = book;
  const checkpoint = signCheckpoint(crypto, 'test', state.id, state.head, state.chain, hashOf(state));
  let refused = 0;
  let changed = 0;
  for (const [at, { headerBytes }] of book.lines.entries())
    for (let bit = at % 17; bit < headerBytes.length * 8; bit += 17) {
      const bytes = Uint8Array.from(headerBytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const run = new SignedRun(crypto, follower);
      try {
        for (const [i, line] of book.lines.entries()) run.next(i === at ? bytes : line.headerBytes);
        run.end();
        assert.ok(!vouchesFor(crypto, run.state!, hashOf(run.state!), checkpoint), `bit ${bit} of ${at}`);
        changed += 1;
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
        refused += 1;
      }
    }
  assert.ok(refused > 50 && changed > 50);
});

test('a clerk cannot change what another server’s person did, nor its signature', () => {
  const book = talked();
  let tried = 0;
  for (const [at, { what, pos, at: time }] of book.log.entries()) {
    if ((what.type !== 'envelope' && what.type !== 'tombstone') || what.stamp.origin === clerk) continue;
    const fields = { stampBytes: what.stampBytes, ...(what.signature ? { signature: what.signature } : {}) };
    const hashed = what.type === 'envelope' ? { actBytes: what.actBytes } : { actHash: what.actHash };
    for (const [name, value] of Object.entries({ ...fields, ...hashed }))
      for (let bit = 0; bit < value.length * 8; bit += 29) {
        const bytes = Uint8Array.from(value);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const lines = [...book.lines.slice(0, at), changedLine(pos, time, { ...what, [name]: bytes } as What)];
        assert.throws(() => {
          const run = new SignedRun(crypto, follower);
          for (const { headerBytes } of [...lines, ...book.lines.slice(at + 1)]) run.next(headerBytes);
          run.end();
        }, Refusal);
        tried += 1;
      }
  }
  assert.ok(tried > 50);
});

const changedLine = (pos: Header['pos'], at: number, what: What) => ({
  headerBytes: encodeHeader({ pos, at, what }),
  parts: [],
});

test('a batch that is too long, an end of one and an incarnation that is given up must be signed', () => {
  const without = (book: Union, isOf: (what: What & { type: 'envelope' }) => boolean) =>
    book.lines.map(({ headerBytes, parts }) => {
      const { pos, at, what } = decodeHeader(headerBytes);
      const strip = what.type === 'envelope' && what.signature && isOf(what);
      return strip ? changedLine(pos, at, { ...what, signature: null }) : { headerBytes, parts };
    });
  const book = talked();
  assert.throws(() => followed(without(book, ({ act }) => act.kind === 'member')), field('signature'));
  const long = talked();
  const uma = long.servers[0]!.person(1);
  for (let i = 0; i < limits.batchEnvelopes + 2; i++) long.try(uma, 'message');
  followed(long.lines);
  const isTalk = ({ act }: What & { type: 'envelope' }) => act.kind === 'message';
  assert.throws(() => followed(without(long, isTalk)), field('signature'));
  const again = talked();
  again.servers[0]!.restart();
  again.try(uma, 'message');
  followed(again.lines);
  assert.deepEqual(followed(again.lines).unsigned, [again.servers[0]!.server]);
  again.servers[0]!.restart();
  again.try(uma, 'message');
  assert.throws(() => followed(again.lines), field('signature'));
});

test('what the clerk should have refused is named, and stays in the chain', () => {
  const book = talked();
  const server = book.servers[0]!;
  const { stamp, stampBytes, act, actBytes } = server.envelope(server.person(2), 'message');
  const what: What = { type: 'envelope', stamp, stampBytes, act, actBytes, signature: server.sign() };
  const pos = { term: 1, seq: book.state.head.seq + 1 };
  const run = followed(book.lines);
  assert.equal(run.next(changedLine(pos, 1, what).headerBytes).forbidden, 'not-a-member');
  run.end();
  assert.deepEqual(run.state!.head, pos);
  const other = server.envelope(ben, 'message');
  const forged: What = { type: 'envelope', ...other, signature: server.sign() };
  const next = changedLine({ term: 1, seq: pos.seq + 1 }, 1, forged).headerBytes;
  assert.equal(run.next(next).forbidden, 'forbidden');
});

test('a duplicate names something before it', () => {
  const book = talked();
  const server = book.servers[0]!;
  const { stamp, stampBytes, act, actBytes } = server.envelope(server.person(1), 'message');
  const { user, clientId } = act;
  const pos = { term: 1, seq: book.state.head.seq + 1 };
  const of = (duplicateOf: Header['pos']) => {
    const actHash = crypto.sha256(actBytes);
    const signature = server.sign();
    const code = 'duplicate';
    return changedLine(pos, 1, {
      type: 'tombstone',
      stamp,
      stampBytes,
      actHash,
      user,
      clientId,
      code,
      signature,
      duplicateOf,
    });
  };
  followed([...book.lines, of({ term: 1, seq: 3 })]);
  assert.throws(() => followed([...book.lines, of(pos)]), field('duplicateOf'));
});

test('two checkpoints of one clerk for one place that differ are the proof of a fork', () => {
  const room = person(1).slice(17);
  const at = (seq: number, chain: Uint8Array, signer = crypto) =>
    signCheckpoint(signer, 'test', room, { term: 1, seq }, chain, zeroHash);
  const [a, b] = [at(5, zeroHash), at(5, new Uint8Array(32).fill(1))];
  const proves = (x: typeof a, y: typeof a) => isForkProof(crypto, 'test', room, clerk, x, y);
  assert.ok(proves(a, b));
  assert.ok(!proves(a, a));
  assert.ok(!proves(a, at(6, new Uint8Array(32).fill(1))));
  assert.ok(!proves(a, at(5, new Uint8Array(32).fill(1), new Union().servers[0]!.crypto)));
  assert.ok(!proves(a, { ...b, stateHash: new Uint8Array(32).fill(2) }));
});
