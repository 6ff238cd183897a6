import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { zeroHash } from './crypto.ts';
import { encodeHeader, nextChain, type What } from './header.ts';
import { checkSegment, type Segment } from './segment.ts';
import { ada, Book, crypto } from './testing.ts';
import { everyUnion, Union } from './testing-foreign.ts';

/** The chain before each entry, and after the last. */
function chains(book: Book): Uint8Array[] {
  const out: Uint8Array[] = [zeroHash];
  for (const { headerBytes } of book.lines) out.push(nextChain(crypto, out.at(-1)!, headerBytes));
  return out;
}

/** Entries from `from` to `to`, both included. */
function segmentOf(book: Book, from: number, to: number): Segment {
  const lines = book.lines.slice(from - 1, to).map(({ headerBytes, parts }) => ({ header: headerBytes, parts }));
  return { before: chains(book)[from - 1]!, lines };
}

function fault(book: Book, segment: Segment, to: number, above = book.log.slice(to, to + 128)): string {
  try {
    checkSegment(crypto, book.state, segment, { term: 1, seq: to }, chains(book)[to]!, above);
    return 'none';
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.detail.field ?? error.code;
  }
}

everyUnion(
  'a log is fetched backwards in segments of any length, from the newest to the first entry',
  (book) => {
    book.close();
    for (const length of [1, 3, 7]) {
      for (let to = book.lines.length; to > 0; to -= length) {
        const from = Math.max(1, to - length + 1);
        assert.equal(fault(book, segmentOf(book, from, to), to), 'none', `${from} to ${to}`);
      }
    }
  },
  15,
);

function talked(): Union {
  const book = new Union({ joinRule: 'public' });
  const uma = book.servers[0]!.person(1);
  book.member(uma, 'join', uma);
  for (const user of [uma, ada, ada, uma, ada]) book.try(user, 'message', { text: 'hi' });
  book.close();
  return book;
}

test('a segment is in its place, whole and of this room', () => {
  const book = talked();
  const good = segmentOf(book, 3, 5);
  const other = new Book();
  for (let i = 0; i < 5; i++) other.try(ada, 'message');
  const [first, second, third] = good.lines as [Segment['lines'][0], Segment['lines'][0], Segment['lines'][0]];
  assert.equal(fault(book, good, 5), 'none');
  const without = good.lines.map(({ header }) => ({ header, parts: [null] }));
  assert.equal(fault(book, { ...good, lines: without }, 5), 'none', 'parts may be gone');
  const bad: [string, Segment][] = [
    ['pos', { ...good, lines: [] }],
    ['pos', { ...good, lines: [first, second] }],
    ['pos', { ...good, lines: [first, third] }],
    ['pos', { ...good, lines: [second, first, third] }],
    ['chain', { ...good, lines: [second, third] }],
    ['chain', { ...good, before: zeroHash }],
    ['chain', segmentOf(other, 3, 5)],
    ['bad-frame', { ...good, lines: [first, second, { ...third, header: third.header.subarray(1) }] }],
    ['parts', { ...good, lines: [first, { ...second, parts: third.parts }, third] }],
  ];
  for (const [why, segment] of bad) assert.equal(fault(book, segment, 5), why);
});

test('a segment with any one bit changed is refused', () => {
  const book = talked();
  const good = segmentOf(book, 2, 6);
  fc.assert(
    fc.property(fc.nat(good.lines.length - 1), fc.nat(), (which, at) => {
      const line = good.lines[which]!;
      const header = Uint8Array.from(line.header);
      const bit = at % (header.length * 8);
      header[bit >> 3]! ^= 1 << (bit & 7);
      assert.notEqual(fault(book, { ...good, lines: good.lines.with(which, { ...line, header }) }, 6), 'none');
    }),
  );
});

test('what another server’s person said must be signed in the segment, or named by what is held above it', () => {
  const book = talked();
  const { log } = book;
  const open = log.findIndex(
    ({ what }) => what.type === 'envelope' && what.stamp.oseq === 2 && !what.signature && what.act.user !== ada,
  );
  assert.ok(open > 0, 'an unsigned envelope stands there');
  const to = open + 1;
  const segment = segmentOf(book, to, to);
  assert.equal(fault(book, segment, to), 'none');
  assert.equal(fault(book, segment, to, []), 'signature');
  assert.equal(
    fault(
      book,
      segment,
      to,
      log.slice(to).filter(({ what }) => what.type !== 'envelope' || what.stamp.oseq !== 3),
    ),
    'signature',
  );
});

test('a clerk that makes words of another server’s person up, in a chain of its own, is found out', () => {
  const book = talked();
  const server = book.servers[0]!;
  const { stamp, stampBytes, act, actBytes } = server.envelope(server.person(1), 'message');
  const pos = { term: 1, seq: 4 };
  const forged = (what: What) => {
    const header = encodeHeader({ pos, at: 1, what });
    const before = chains(book)[3]!;
    const after = nextChain(crypto, before, header);
    return () => checkSegment(crypto, book.state, { before, lines: [{ header, parts: [] }] }, pos, after, []);
  };
  const unsigned = (error: unknown) => error instanceof Refusal && error.detail.field === 'signature';
  const envelope = { type: 'envelope', stamp, stampBytes, act, actBytes } as const;
  assert.throws(forged({ ...envelope, signature: null }), unsigned);
  assert.throws(forged({ ...envelope, signature: crypto.sign(new Uint8Array(1)) }), unsigned);
  assert.equal(forged({ ...envelope, signature: server.sign() })().length, 1);
});
