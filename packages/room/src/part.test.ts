import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matches, refOf } from './part.ts';
import { crypto } from './testing.ts';

const part = fc.record({ salt: fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes: fc.uint8Array() });

test('a part matches its own reference and no other', () => {
  fc.assert(
    fc.property(part, fc.nat(), (one, at) => {
      const ref = refOf(crypto, one);
      assert.equal(ref.size, one.bytes.length);
      assert.ok(matches(crypto, ref, one));
      for (const field of ['salt', 'bytes'] as const) {
        if (one[field].length === 0) continue;
        const changed = Uint8Array.from(one[field]);
        changed[at % changed.length]! ^= 1;
        assert.ok(!matches(crypto, ref, { ...one, [field]: changed }));
      }
    }),
  );
});

test('the border between salt and bytes cannot be moved', () => {
  const one = { salt: new Uint8Array(16), bytes: new Uint8Array(4) };
  const moved = { salt: new Uint8Array(17), bytes: new Uint8Array(3) };
  assert.ok(!matches(crypto, refOf(crypto, one), moved));
  assert.ok(!matches(crypto, { ...refOf(crypto, one), size: 3 }, one));
});

test('the same words under two salts have two hashes', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const hashes = [1, 2].map((fill) => refOf(crypto, { salt: new Uint8Array(16).fill(fill), bytes }).hash);
  assert.notDeepEqual(hashes[0], hashes[1]);
});
