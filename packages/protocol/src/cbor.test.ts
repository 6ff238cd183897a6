import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCanonical, decodeCbor, encodeCbor } from './cbor.ts';

test('texts that begin with U+FEFF keep it, wherever they stand', () => {
  const mark = '\ufeff';
  const values = [
    mark,
    `${mark}${mark}x`,
    `${mark}${'ä'.repeat(300)}`,
    [mark, 'x', { [`${mark}key`]: `${mark}value`, plain: new Uint8Array([0xef, 0xbb, 0xbf]) }, mark],
  ];
  for (const value of values) {
    const bytes = encodeCbor(value);
    assert.deepEqual(encodeCbor(decodeCbor(bytes, 8)), bytes);
    assert.deepEqual(encodeCbor(decodeCanonical(bytes, 8)), bytes);
  }
  assert.equal(decodeCbor(encodeCbor(`${mark}x`), 1), `${mark}x`);
});
