import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitText } from './split.ts';

test('a text that fits is one message, and nothing is one empty message', () => {
  assert.deepEqual(splitText('hello', 5), ['hello']);
  assert.deepEqual(splitText('', 5), ['']);
});

test('cuts after lines, else after words, else between characters', () => {
  assert.deepEqual(splitText('one two\nthree four', 10), ['one two', 'three four']);
  assert.deepEqual(splitText('one two three', 8), ['one two', 'three']);
  assert.deepEqual(splitText('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(splitText('👩‍👩‍👧x👩‍👩‍👧x', 9), ['👩‍👩‍👧x', '👩‍👩‍👧x']);
});

test('no piece is too long or torn, and nothing but blanks at cuts is lost', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '🎉', 'e\u0301', '👩‍👩‍👧'), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 40 }), (whole, limit) => {
      const pieces = splitText(whole, limit);
      for (const piece of pieces) assert.ok(piece.length <= limit && piece.isWellFormed());
      if (whole !== '') assert.ok(pieces.every((piece) => piece !== ''));
      assert.equal(pieces.join('').replace(/[ \n]/g, ''), whole.replace(/[ \n]/g, ''));
    }),
  );
});
