import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, hitIn, namesIn } from './fold.ts';

test('finds the names that a text means, outside code', () => {
  assert.deepEqual(namesIn('@ilvi, ask @tide-bot. mail a@b.example `@code` @ilvi\n```\n@fence\n```'), [
    'ilvi',
    'tide-bot',
  ]);
  assert.deepEqual(namesIn('@ilvi:kanto.example: @ilvi: and @ilvi'), ['ilvi:kanto.example', 'ilvi']);
});

test('folds letters without moving them', () => {
  for (const text of ['Tomás', 'İSTANBUL', 'ﬁ', 'سمير', '潮見表'])
    assert.equal(fold(text).length, text.normalize('NFC').length, text);
});

test('finds what to mark, accents or not', () => {
  assert.deepEqual(hitIn('unmute', 'MUTE'), { from: 2, to: 6 });
  assert.deepEqual(hitIn('Tomás', 'mas'), { from: 2, to: 5 });
  assert.deepEqual(hitIn('ops', 'x'), { from: 0, to: 0 });
  assert.deepEqual(hitIn('ops', ''), { from: 0, to: 0 });
});
