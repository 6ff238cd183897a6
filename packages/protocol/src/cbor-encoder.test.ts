import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { CborEncoder } from './cbor-encoder.ts';

const encoder = new CborEncoder();
const plain = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
const library = (value: unknown) => plain(encode(value, rfc8949EncodeOptions));

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.nat(70_000),
  fc.constantFrom(0, -0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -1, -24, -25, -256, -257),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.uint8Array({ maxLength: 300 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('tree'), { maxLength: 30 }),
    fc.dictionary(fc.string({ maxLength: 30 }), tie('tree'), { maxKeys: 30, noNullPrototype: true }),
  ),
}));

test('the short way gives the bytes that the library gives, or none', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const own = encoder.encode(value);
      if (own) assert.equal(plain(own), library(value));
      return true;
    }),
    { numRuns: 2_000 },
  );
});

test('the short way is open to what acts are made of', () => {
  const bytes = new Uint8Array(32).fill(7);
  const act = [
    bytes,
    null,
    'mé',
    1_795_172_683_753,
    -1,
    true,
    [[bytes, 110]],
    { text: 'ü'.repeat(200), b: { ccc: [], a: 1 } },
  ];
  assert.equal(plain(encoder.encode(act)), library(act));
  const large = 'x'.repeat(200_000);
  assert.equal(plain(encoder.encode([large])), library([large]));
  assert.equal(plain(encoder.encode({})), 'a0');
});

test('the short way is closed to everything else', () => {
  const strange = [undefined, 1.5, Number.NaN, 2 ** 60, 7n, new Map(), new Date(0), Object.create(null), () => 1];
  for (const value of strange) {
    assert.equal(encoder.encode(value), undefined);
    assert.equal(encoder.encode([1, { a: value }]), undefined);
  }
  assert.equal(encoder.encode({ é: 1 }), undefined);
  assert.equal(encoder.encode({ ['n'.repeat(24)]: 1 }), undefined);
});
