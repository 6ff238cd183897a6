import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine, cleanText } from './clean.ts';

const esc = '\u001b';

test('takes colours, titles and other sequences away, and the words stay', () => {
  assert.equal(cleanLine(`${esc}[31mred${esc}[0m`), 'red');
  assert.equal(cleanLine('\u009b1;31mred\u009b0m'), 'red');
  assert.equal(cleanLine(`a${esc}]0;my title\u0007b`), 'ab');
  assert.equal(cleanLine(`a${esc}]8;;http://x${esc}\\b`), 'ab');
  assert.equal(cleanLine(`a\u0090q\u009cb${esc}cc`), 'abc');
});

test('a string sequence without an end hides nothing that follows', () => {
  assert.equal(cleanLine(`${esc}]0;still here`), '0;still here');
  assert.equal(cleanLine('\u009dstill here'), 'still here');
});

test('takes control characters and direction overrides away', () => {
  assert.equal(cleanLine('a\u0000b\u0008c\u007fd\u0080e'), 'abcde');
  assert.equal(cleanLine('evil\u202etxt.exe\u2066\u2069'), 'eviltxt.exe');
});

test('keeps letters of any direction, marks and joined emoji', () => {
  for (const text of ['שלום \u200fעולם', 'e\u0301', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'ن\u200cم']) assert.equal(cleanLine(text), text);
});

test('one line has no breaks, a text has only line feeds', () => {
  assert.equal(cleanLine('a\nb\r\nc\td\u2028e'), 'a b c d e');
  assert.equal(cleanText('a\nb\r\nc\rd\u2028e\tf\u0085g'), 'a\nb\nc\nd\ne  f\ng');
});

test('long runs of introducers take no time', () => {
  const text = `${`${esc}]`.repeat(50_000)}${'\u009d'.repeat(50_000)}${`${esc}[`.repeat(50_000)}`;
  assert.ok(!/\p{Cc}/u.test(cleanLine(text)));
});
