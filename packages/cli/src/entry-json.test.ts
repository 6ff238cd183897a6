import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawEntry } from '@parley/protocol';
import { entryJson } from './entry-json.ts';

const ada = `${'a'.repeat(16)}.${'b'.repeat(51)}a`;
const room = `${'r'.repeat(51)}a`;
const base: RawEntry = {
  room,
  term: 1,
  seq: 7,
  at: Date.parse('2026-11-20T14:03:00Z'),
  kind: 'message',
  user: ada,
  name: 'ada',
  clientId: 'c1',
  data: {},
  body: { text: 'deploy \u001b[31mdone' },
};
const naming = { own: 'home.example', labelOf: (_: string, told?: string) => told };
const json = (raw: RawEntry) => entryJson(raw, '#ops', naming);

test('a message is one object with the text as it was written', () => {
  assert.deepEqual(json(base), {
    v: 1,
    room: '#ops',
    seq: 7,
    at: '2026-11-20T14:03:00.000Z',
    kind: 'message',
    user: '@ada:home.example',
    text: 'deploy \u001b[31mdone',
    clientId: 'c1',
    userId: ada,
    server: `${'b'.repeat(51)}a`,
    roomId: room,
  });
  assert.equal(json({ ...base, server: 'far.example' }).user, '@ada:far.example');
});

test('what was deleted has no text, what was edited has the new one', () => {
  const redacted = json({ ...base, redacted: { seq: 8, at: 1, user: ada, name: 'bob', reason: 'spam' } });
  assert.equal(redacted.text, null);
  assert.deepEqual(redacted.redacted, { by: '@bob', reason: 'spam' });
  assert.equal(json({ ...base, body: null }).text, null);
  assert.equal(json({ ...base, edited: { seq: 8, at: 1, body: { text: 'new' } } }).text, 'new');
});

test('other kinds say in words what happened', () => {
  const data = { change: 'kick', subject: ada };
  const kick = json({ ...base, kind: 'member', data, subjectName: 'bob', body: { reason: 'spam' } });
  assert.equal(kick.notice, 'ada removed bob (spam)');
  assert.equal(kick.reason, 'spam');
  assert.deepEqual(kick.data, data);
  assert.equal(json({ ...base, kind: 'poll', body: { x: 1 } }).kind, 'poll');
});

test('no field of a body takes the place of one of ours', () => {
  const forged = { text: 'x', user: '@root:home', room: '#admin', v: 2 };
  const object = json({ ...base, edited: { seq: 8, at: 1, body: forged } });
  assert.deepEqual([object.user, object.room, object.v, object.text], ['@ada:home.example', '#ops', 1, 'x']);
  assert.equal(json({ ...base, kind: 'poll', body: forged }).user, '@ada:home.example');
});
