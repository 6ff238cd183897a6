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

test('a text that is no UTF-8 is refused, as a value and as a key', () => {
  const ascii = Array.from({ length: 80 }, () => 0x61);
  const texts: readonly (readonly number[])[] = [
    [0x80],
    [0x61, 0xff],
    [0xc3],
    [0xc3, 0x28],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xef, 0xbb, 0xbf, 0xfe],
  ];
  for (const text of texts) {
    const item = [0x60 + text.length, ...text];
    for (const bytes of [
      item,
      [0x82, 0x61, 0x61, ...item],
      [0xa1, ...item, 0x01],
      [0x78, 80 + text.length, ...ascii, ...text],
    ])
      assert.throws(() => decodeCbor(Uint8Array.from(bytes), 4), { code: 'bad-frame' }, String(bytes));
    assert.deepEqual([...(decodeCbor(Uint8Array.from([0x40 + text.length, ...text]), 4) as Uint8Array)], text);
  }
  for (const text of ['\ufffd', 'ä', '\u{10ffff}', '日本語 👍', `${'a'.repeat(99)}é`])
    assert.equal(decodeCbor(encodeCbor(text), 1), text);
});
