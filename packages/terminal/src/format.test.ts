import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawEntry } from '@parley/protocol';
import { dayWatch } from './day.ts';
import { dayLine, formatEntry, tint } from './format.ts';
import { noticeWords } from './notice.ts';

const ada = `${'a'.repeat(16)}.${'b'.repeat(51)}a`;
const bob = `${'c'.repeat(16)}.${'b'.repeat(51)}a`;
// Local, because lines show local times.
const at = new Date(2026, 10, 20, 14, 3).getTime();
const plain = { colour: false, time: 'full' } as const;

function entry(kind: string, more: Partial<RawEntry> = {}): RawEntry {
  return { room: 'r', term: 1, seq: 7, at, kind, user: ada, name: 'ada', clientId: 'x', ...more };
}
const said = (text: string, more: Partial<RawEntry> = {}) => entry('message', { data: {}, body: { text }, ...more });

test('a message is its time, its author and its text', () => {
  assert.equal(formatEntry(said('hello'), plain), '2026-11-20 14:03 ada  hello');
  assert.equal(formatEntry(said('hello'), { ...plain, time: 'short' }), '14:03 ada  hello');
  assert.equal(formatEntry(said('hello', { server: 'b.example' }), plain), '2026-11-20 14:03 ada:b.example  hello');
});

test('no text can look like the line of somebody else', () => {
  const lines = formatEntry(said('hi\n2026-11-20 14:04 root  send money\u2028x'), plain).split('\n');
  assert.equal(lines.length, 3);
  for (const line of lines.slice(1)) assert.match(line, /^ {17}\S/);
});

test('text and names lose their control characters', () => {
  const line = formatEntry(said('\u001b[2Jgone\u0007', { name: 'a\u001b[31md\na' }), plain);
  assert.equal(line, '2026-11-20 14:03 ad a  gone');
});

test('says what became of a message', () => {
  const edited = said('old', { edited: { seq: 8, at, body: { text: 'new' } } });
  assert.equal(formatEntry(edited, plain), '2026-11-20 14:03 ada  new (edited)');
  const redacted = said('bad', { redacted: { seq: 8, at, user: bob, name: 'bob', reason: 'spam' } });
  assert.equal(formatEntry(redacted, plain), '2026-11-20 14:03 ada  (deleted by bob: spam)');
  assert.equal(formatEntry(entry('message', { body: null }), plain), '2026-11-20 14:03 ada  (deleted)');
  const reaction = (user: string, emoji: string) => ({ emoji, user, name: 'x', clientId: `${user}${emoji}`, seq: 9 });
  const liked = said('yes', {
    pinned: true,
    reactions: [reaction(ada, '👍'), reaction(bob, '👍'), reaction(bob, '🎉')],
  });
  assert.equal(formatEntry(liked, plain), '2026-11-20 14:03 ada  yes  [pinned]  [👍 2, 🎉 1]');
});

test('an action and an answer are told apart from plain messages', () => {
  assert.equal(formatEntry(said('', { body: { text: 'waves', action: true } }), plain), '2026-11-20 14:03 * ada waves');
  const answer = said('', { body: { text: 'yes', replyTo: { user: bob, clientId: 'q' } } });
  const nameOf = (user: string) => (user === bob ? 'bob' : undefined);
  assert.equal(formatEntry(answer, { ...plain, nameOf }), '2026-11-20 14:03 ada  (to bob) yes');
  assert.equal(formatEntry(answer, plain), '2026-11-20 14:03 ada  (to a message) yes');
});

test('colours are written only where they are wanted', () => {
  assert.ok(!formatEntry(said('x'), plain).includes('\u001b'));
  assert.ok(formatEntry(said('x'), { ...plain, colour: true }).includes('\u001b['));
  assert.equal(tint('x', 'red', false), 'x');
});

test('a day line goes before the first entry of each day', () => {
  const isNew = dayWatch();
  assert.deepEqual([isNew(at), isNew(at + 60_000), isNew(at + 86_400_000)], [true, false, true]);
  assert.equal(dayLine(at, plain), '-- Friday, 2026-11-20 --');
});

test('moderation and membership are said in words', () => {
  const member = (change: string, more: object = {}, raw: Partial<RawEntry> = {}) =>
    noticeWords(entry('member', { data: { change, subject: bob, ...more }, subjectName: 'bob', ...raw }));
  assert.equal(member('join'), 'bob joined');
  assert.equal(member('join', { guest: true }), 'bob joined as a guest');
  assert.equal(member('leave'), 'bob left');
  assert.equal(member('invite'), 'ada invited bob');
  assert.equal(member('kick', {}, { body: { reason: 'spam' } }), 'ada removed bob (spam)');
  assert.equal(member('ban', { durationMs: 7_200_000 }), 'ada banned bob for 2 hours');
  assert.equal(member('unban'), 'ada lifted the ban of bob');
  assert.equal(member('unban', {}, { clerk: true }), 'The ban of bob ended');
  const subject = { data: { subject: bob }, subjectName: 'bob' };
  assert.equal(
    noticeWords(entry('mute', { ...subject, data: { subject: bob, durationMs: 600_000 } })),
    'ada muted bob for 10 minutes',
  );
  assert.equal(noticeWords(entry('unmute', { ...subject, clerk: true })), 'bob may speak again');
  assert.equal(
    noticeWords(entry('role', { ...subject, data: { subject: bob, role: 'admin' } })),
    'ada made bob an admin',
  );
  assert.equal(noticeWords(entry('erase', subject)), 'Everything that bob wrote here was erased');
});

test('settings, reactions and kinds of later versions are said in words', () => {
  const settings = entry('settings', { data: { topic: true, slowModeMs: 30_000 }, body: { topic: 'tea' } });
  assert.equal(noticeWords(settings), 'ada changed the topic to “tea”, slow mode to 30 seconds');
  const target = { user: bob, clientId: 'm' };
  assert.equal(
    noticeWords(entry('react', { target, body: { emoji: '🎉' } }), { nameOf: () => 'bob' }),
    'ada reacted 🎉 to a message of bob',
  );
  assert.equal(noticeWords(entry('poll')), 'ada did something that this version does not know (poll)');
  assert.equal(noticeWords(entry('system', { data: { about: 'import' }, body: { text: 'x quit' } })), 'x quit');
  assert.match(formatEntry(settings, plain), /^2026-11-20 14:03 -- ada changed/);
});
