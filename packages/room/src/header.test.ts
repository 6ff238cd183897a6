import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor, Refusal } from '@parley/protocol';
import fc from 'fast-check';
import { equalBytes, zeroHash } from './crypto.ts';
import { decodeStamp, encodeStamp, envelopeHash } from './envelope.ts';
import { decodeHeader, encodeHeader, type Header, nextChain, type What } from './header.ts';
import { ada, Book, ben, clerk, crypto, everyBook, serverBytes, stranger } from './testing.ts';

const refused = (error: unknown) => error instanceof Refusal && error.code === 'bad-frame';
const stamp = { origin: stranger, incarnation: 2, oseq: 3, prev: zeroHash, after: { term: 1, seq: 4 } };
const stampBytes = encodeStamp(stamp);
const tombstone: Header = {
  pos: { term: 3, seq: 9 },
  at: 5,
  what: {
    type: 'tombstone',
    stamp,
    stampBytes,
    actHash: zeroHash,
    user: ben,
    clientId: 'c',
    code: 'muted',
    signature: new Uint8Array(64),
  },
};

test('every kind of header is read as it was written', () => {
  const term: Header = { pos: { term: 3, seq: 9 }, at: 5, what: { type: 'term', base: { term: 1, seq: 8 } } };
  const duplicateOf = { term: 2, seq: 8 };
  const duplicate = { ...tombstone, what: { ...tombstone.what, code: 'duplicate', duplicateOf } as What };
  for (const header of [tombstone, duplicate, term]) {
    const read = decodeHeader(encodeHeader(header));
    assert.deepEqual(read.what, header.what);
    assert.deepEqual(read.pos, header.pos);
    assert.equal(read.what.type, header.what.type);
    assert.ok(equalBytes(encodeHeader(read), encodeHeader(header)));
  }
  const book = new Book();
  book.try(ada, 'message', { text: 'hi' });
  const { what } = decodeHeader(book.lines[1]!.headerBytes);
  assert.ok(
    what.type === 'envelope' && what.act.kind === 'message' && what.stamp.oseq === 2 && what.signature === null,
  );
});

test('a header of a later version is kept unread, and never written', () => {
  const later = decodeHeader(encodeCbor([1, 2, 3, 'council', new Uint8Array(3), 'x']));
  assert.deepEqual(later, { pos: { term: 1, seq: 2 }, at: 3, what: { type: 'unknown' } });
  assert.throws(() => encodeHeader(later), Refusal);
});

test('a header of another form is refused', () => {
  const act = decodeHeader(new Book().lines[0]!.headerBytes).what;
  assert.ok(act.type === 'envelope');
  const { actBytes } = act;
  for (const bad of [
    [1, 2, 3],
    ['1', 2, 3, 'clerk', actBytes],
    [1, -2, 3, 'clerk', actBytes],
    [1, 2, 3.5, 'clerk', actBytes],
    [1, 2, 3, 4, actBytes],
    [1, 2, 3, 'clerk'],
    [1, 2, 3, 'clerk', 'act'],
    [1, 2, 3, 'clerk', stampBytes],
    [1, 2, 3, 'envelope', stampBytes, actBytes],
    [1, 2, 3, 'envelope', stampBytes, actBytes, new Uint8Array(63)],
    [1, 2, 3, 'envelope', actBytes, stampBytes, null],
    [1, 2, 3, 'tombstone', stampBytes, zeroHash, serverBytes(clerk), new Uint8Array(9), 'c', 'muted', null],
    [1, 2, 3, 'tombstone', stampBytes, zeroHash, serverBytes(clerk), new Uint8Array(10), 'c', 'muted'],
    [1, 2, 3, 'tombstone', stampBytes, zeroHash, serverBytes(clerk), new Uint8Array(10), 'c', 'muted', null, [1]],
    [1, 2, 3, 'tombstone', stampBytes, zeroHash, serverBytes(clerk), new Uint8Array(10), 'c', 'muted', null, 1],
    [1, 2, 3, 'term', 1],
    [1, 2, 3, 'clerk', [[actBytes]]],
    { a: 1 },
  ])
    assert.throws(() => decodeHeader(encodeCbor(bad)), refused, JSON.stringify(bad).slice(0, 60));
});

test('a stamp is read as it was written, and in no other form', () => {
  assert.deepEqual(JSON.stringify(decodeStamp(stampBytes)), JSON.stringify(stamp));
  for (const bad of [
    [serverBytes(clerk), 0, 1, zeroHash],
    [serverBytes(clerk), 0, 1, zeroHash, [1]],
    [serverBytes(clerk), 0, 1, zeroHash, 7],
    [serverBytes(clerk), -1, 1, zeroHash, [1, 1]],
    [serverBytes(clerk), 0, 1, zeroHash.subarray(1), [1, 1]],
    [clerk, 0, 1, zeroHash, [1, 1]],
  ])
    assert.throws(() => decodeStamp(encodeCbor(bad)), refused);
});

test('the hash of an envelope covers stamp and act, and needs of the act the hash alone', () => {
  const actHash = crypto.sha256(new Uint8Array([1]));
  const hash = envelopeHash(crypto, stampBytes, actHash);
  assert.ok(equalBytes(hash, envelopeHash(crypto, encodeStamp(decodeStamp(stampBytes)), actHash)));
  for (const changed of [{ oseq: 4 }, { incarnation: 3 }, { origin: clerk }, { after: { term: 1, seq: 5 } }])
    assert.ok(!equalBytes(hash, envelopeHash(crypto, encodeStamp({ ...stamp, ...changed }), actHash)));
  assert.ok(!equalBytes(hash, envelopeHash(crypto, stampBytes, zeroHash)));
});

test('a changed byte anywhere in a header breaks the chain or is refused', () => {
  const book = new Book();
  book.try(ada, 'message', { text: 'hi' });
  book.try(ada, 'mute', { data: { subject: ben, durationMs: 5 } });
  book.now += 10;
  book.step({ type: 'due' });
  for (const bytes of [...book.lines.map((line) => line.headerBytes), encodeHeader(tombstone)]) {
    const chain = nextChain(crypto, zeroHash, bytes);
    for (let at = 0; at < bytes.length; at++)
      for (const bits of [1, 0x20, 0x80, 0xff]) {
        const other = Uint8Array.from(bytes);
        other[at]! ^= bits;
        try {
          decodeHeader(other);
        } catch (error) {
          assert.ok(refused(error), `byte ${at}: ${String(error)}`);
          continue;
        }
        assert.ok(!equalBytes(nextChain(crypto, zeroHash, other), chain), `byte ${at}`);
      }
  }
});

everyBook(
  'headers of any log are canonical: read and written again they are the same bytes',
  (book) => {
    for (const { headerBytes } of book.lines)
      assert.ok(equalBytes(encodeHeader(decodeHeader(headerBytes)), headerBytes));
  },
  20,
);

test('random bytes are never worse than a bad frame', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const read of [decodeHeader, decodeStamp]) assert.throws(() => read(bytes), refused);
    }),
  );
});
