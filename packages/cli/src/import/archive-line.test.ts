import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveLine } from './archive-line.ts';
import { batches } from './batch.ts';
import { type ImportedLine, parseIrcLog } from './irc.ts';

const base = { clientId: 'irc:x:1', at: 5, nick: 'ada' };
const said = (line: Partial<ImportedLine> & Pick<ImportedLine, 'kind'>) =>
  archiveLine({ ...base, text: '', ...line })?.line;

test('messages and actions keep their words and author', () => {
  assert.deepEqual(said({ kind: 'message', text: ' hi  there ' }), {
    clientId: 'irc:x:1',
    at: 5,
    author: 'ada',
    kind: 'message',
    text: ' hi  there ',
  });
  assert.equal(said({ kind: 'action', text: 'waves' })?.kind, 'action');
});

test('all else becomes a plain sentence of the room', () => {
  const sentences: [Partial<ImportedLine> & Pick<ImportedLine, 'kind'>, string][] = [
    [{ kind: 'join' }, 'ada joined'],
    [{ kind: 'part', reason: 'bye' }, 'ada left (bye)'],
    [{ kind: 'quit' }, 'ada quit'],
    [{ kind: 'nick', newNick: 'eve' }, 'ada is now known as eve'],
    [{ kind: 'mode', text: '+o eve' }, 'ada set the mode +o eve'],
    [{ kind: 'topic', text: 'tea' }, 'ada changed the topic to: tea'],
    [{ kind: 'topic', text: 'tea', nick: 'log' }, 'The topic is: tea'],
    [{ kind: 'notice', text: 'look' }, 'Notice of ada: look'],
    [{ kind: 'other', text: '???', nick: 'log' }, '???'],
  ];
  for (const [line, text] of sentences) {
    const made = said(line);
    assert.equal(made?.kind, 'system');
    assert.equal(made.text, text);
  }
});

test('a line without words is left out, and one too long is cut and told', () => {
  assert.equal(said({ kind: 'message', text: ' ' }), undefined);
  assert.equal(said({ kind: 'action' }), undefined);
  const long = archiveLine({ ...base, kind: 'message', text: 'x'.repeat(20_000) });
  assert.equal(long?.line.text.length, 16_384);
  assert.equal(long.cut, true);
  const torn = archiveLine({ ...base, kind: 'message', text: '🎉'.repeat(10_000) });
  assert.ok(torn?.line.text.isWellFormed());
});

test('a nick becomes a name that can be shown', () => {
  assert.equal(said({ kind: 'message', text: 'x', nick: 'a\u0003b' })?.author, 'ab');
  assert.equal(said({ kind: 'message', text: 'x', nick: '\u0002' })?.author, 'unknown');
  assert.equal(said({ kind: 'message', text: 'x', nick: 'n'.repeat(80) })?.author.length, 64);
});

test('the lines of a log come in order with the times and names of the parser', () => {
  const log = ['[10:00] <ada> hi', '=== bob [~b@x] has joined #ubuntu', '[10:01]  * ada waves', '[10:02] <ada>'];
  const lines = [...parseIrcLog('2005-02-08.a.raw.txt', log)].map(archiveLine);
  assert.deepEqual(
    lines.map((made) => made && [made.line.clientId, made.line.kind, made.line.text]),
    [
      ['irc:2005-02-08.a:1', 'message', 'hi'],
      ['irc:2005-02-08.a:2', 'system', 'bob joined'],
      ['irc:2005-02-08.a:3', 'action', 'waves'],
      undefined,
    ],
  );
});

test('batches keep the order and both limits', () => {
  const made = [...batches([3, 3, 3, 9, 1, 1, 1, 1], (size) => size, { maxItems: 3, maxBytes: 8 })];
  assert.deepEqual(made, [[3, 3], [3], [9], [1, 1, 1], [1]]);
  assert.deepEqual([...batches([], () => 1, { maxItems: 3, maxBytes: 8 })], []);
});
