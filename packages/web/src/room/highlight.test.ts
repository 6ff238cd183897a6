import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { highlight } from './highlight.ts';

const told = (code: string, language: string) =>
  highlight(code, language)
    .filter(({ kind }) => kind !== 'plain')
    .map(({ text, kind }) => `${kind} ${text}`);

test('colours keywords, strings and comments', () => {
  assert.deepEqual(told("const a = 'x' // why\n", 'ts'), ['keyword const', "string 'x'", 'comment // why']);
  assert.deepEqual(told('def f(): # why\n  return "#no"', 'python'), [
    'keyword def',
    'comment # why',
    'keyword return',
    'string "#no"',
  ]);
  assert.deepEqual(told('SELECT 1 -- x', 'sql'), ['keyword SELECT', 'comment -- x']);
});

test('leaves a language alone that it does not know', () => {
  assert.deepEqual(highlight('const a', 'brainfuck'), [{ text: 'const a', kind: 'plain' }]);
});

test('the pieces joined are the code, whatever it is', () => {
  const bits = fc.constantFrom(
    '"',
    "'",
    '`',
    '\\',
    '//',
    '/*',
    '*/',
    '#',
    '--',
    '\n',
    ' ',
    'const',
    'x',
    '$',
    'é',
    '👍',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 80 }), fc.constantFrom('ts', 'py', 'sql', 'json'), (parts, language) => {
      const code = parts.join('');
      assert.equal(
        highlight(code, language)
          .map(({ text }) => text)
          .join(''),
        code,
      );
    }),
    { seed: 5 },
  );
});

test('does not slow down on long unfinished strings and comments', () => {
  for (const part of ['"', '"\\', '/*', "'a", '#', '`']) {
    const code = part.repeat(9_000).slice(0, 16_000);
    assert.equal(
      highlight(code, 'ts')
        .map(({ text }) => text)
        .join(''),
      code,
    );
  }
});
