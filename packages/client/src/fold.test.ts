import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawEntry } from '@parley/protocol';
import { fold } from './fold.ts';

const [ada, ben] = ['a', 'b'].map((letter) => `${letter.repeat(16)}.${'s'.repeat(51)}a`) as [string, string];
let seq = 0;
const entry = (user: string, kind: string, more: Partial<RawEntry> = {}): RawEntry => {
  seq += 1;
  return { room: `${'r'.repeat(51)}a`, term: 1, seq, at: seq, kind, user, name: 'x', clientId: `c${seq}`, ...more };
};

/** A pinned message of ada's with a reaction of ben's. */
function pinned(): RawEntry {
  const message = entry(ada, 'message', { data: {}, body: { text: 'hi' } });
  const target = { user: ada, clientId: message.clientId };
  const acts = [entry(ben, 'pin', { target }), entry(ben, 'react', { target, body: { emoji: '👍' } })];
  return acts.reduce<readonly RawEntry[]>(fold, [message])[0]!;
}

test('a deleted message has no words, no reactions and no pin', () => {
  const message = pinned();
  assert.ok(message.pinned && message.reactions?.length === 1);
  const target = { user: ada, clientId: message.clientId };
  const [row] = fold([message], entry(ben, 'redact', { target, body: {} }));
  assert.deepEqual([row?.body, row?.reactions, row?.pinned, row?.redacted?.user], [null, [], false, ben]);
});

test('who erases what they wrote takes words, reactions and pins with them', () => {
  const message = pinned();
  const [byBen] = fold([message], entry(ben, 'erase', { data: { subject: ben } }));
  assert.deepEqual([byBen?.body, byBen?.reactions, byBen?.pinned], [{ text: 'hi' }, [], true]);
  const [byAda] = fold([message], entry(ada, 'erase', { data: { subject: ada } }));
  assert.deepEqual([byAda?.body, byAda?.reactions?.length, byAda?.pinned], [null, 1, false]);
});
