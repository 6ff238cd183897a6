import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NoticeRow } from '@parley/client';
import type { Entry } from '@parley/protocol';
import { durationInWords, messagesInWords, namesInWords, reactorsInWords, typingInWords } from './list.ts';
import { movesOf, noticeOf, partsInWords } from './notice.ts';

const entry = (kind: string, data: object, more: object = {}): Entry =>
  ({
    kind,
    user: 'u1',
    name: 'ilse',
    display: 'Ilse',
    data,
    subjectName: 'Noor',
    body: null,
    ...more,
  }) as unknown as Entry;
const words = (of: Entry, me?: string) => partsInWords(noticeOf(of, me).parts);
const member = (change: string, more: object = {}, data: object = {}) =>
  entry('member', { change, subject: change === 'join' || change === 'leave' ? 'u1' : 'u2', ...data }, more);

test('tells comings and goings with names', () => {
  assert.equal(words(member('join')), 'Ilse joined');
  assert.equal(
    words(member('join', { server: 'kanto.example' }, { guest: true })),
    'Ilse joined from kanto.example as a guest',
  );
  assert.equal(words(member('join'), 'u1'), 'You joined');
  assert.equal(words(member('leave')), 'Ilse left');
  assert.equal(words(member('invite')), 'Ilse invited Noor');
  assert.equal(words(member('invite'), 'u2'), 'Ilse invited you');
  assert.equal(words(member('knock', {}, { subject: 'u1' })), 'Ilse asks to be let in');
  assert.equal(words(member('withdraw', {}, { subject: 'u1' })), 'Ilse no longer asks to be let in');
  assert.equal(words(member('withdraw', {}, { subject: 'u1' }), 'u1'), 'You no longer ask to be let in');
  assert.equal(words(member('deny')), 'Ilse did not let Noor in');
  assert.equal(words(member('decline', {}, { subject: 'u1' })), 'Ilse declined the invitation');
});

test('tells moderation with time and reason', () => {
  const body = { reason: 'same link in nine rooms' };
  assert.equal(words(member('kick', { body })), 'Ilse removed Noor: “same link in nine rooms”');
  assert.equal(
    words(member('ban', { body }, { durationMs: 3_600_000 })),
    'Ilse banned Noor for 1 hour: “same link in nine rooms”',
  );
  assert.equal(words(member('unban', { clerk: true })), 'The ban of Noor has ended');
  assert.equal(words(member('unban')), 'Ilse lifted the ban of Noor');
  assert.equal(words(entry('mute', { subject: 'u2', durationMs: 600_000 })), 'Ilse muted Noor for 10 minutes');
  assert.equal(words(entry('mute', { subject: 'u2' }), 'u2'), 'Ilse muted you');
  assert.equal(words(entry('unmute', { subject: 'u2' })), 'Ilse let Noor speak again');
  assert.equal(words(entry('unmute', { subject: 'u2' }, { clerk: true })), 'Noor may speak again: the time is over');
  assert.equal(words(entry('role', { subject: 'u2', role: 'admin' })), 'Ilse made Noor an admin');
});

test('tells what became of the settings', () => {
  assert.equal(words(entry('settings', { title: true }, { body: { title: 'Ops' } })), 'Ilse named the room “Ops”');
  assert.equal(words(entry('settings', { topic: true }, { body: { topic: '' } })), 'Ilse removed the topic');
  assert.equal(words(entry('settings', { topic: true })), 'Ilse changed the topic');
  assert.equal(words(entry('settings', { slowModeMs: 30_000 })), 'Ilse set slow mode: one message every 30 seconds');
  assert.equal(
    words(entry('settings', { slowModeMs: 0, keepForever: true })),
    'Ilse let messages be kept for ever; ended slow mode',
  );
  assert.equal(
    words(entry('settings', { joinRule: 'invite', listed: false })),
    'Ilse changed who may come in: one needs an invitation to join; took the room off the public list',
  );
  assert.equal(words(entry('settings', {})), 'Ilse changed the settings of the room');
});

test('tells the rest: opening, pins, erasure, lines of imports', () => {
  assert.equal(words(entry('create', {})), 'Ilse opened this room');
  const pin = (target: object) => noticeOf(entry('pin', {}, { target }), undefined).about;
  assert.deepEqual(pin({ user: 'u2', clientId: 'x', seq: 7 }), { seq: 7 });
  assert.deepEqual(pin({ user: 'u2', clientId: 'x' }), { user: 'u2', clientId: 'x' });
  assert.equal(words(entry('erase', { subject: 'u2' })), 'Everything that Noor wrote here was taken away');
  assert.equal(
    words(entry('system', { about: 'rename' }, { body: { text: 'ada is now known as adb' } })),
    'ada is now known as adb',
  );
});

test('tells a run of comings and goings in one line', () => {
  const row = (user: string, change: string, at: number): NoticeRow => ({
    type: 'notice',
    key: `n${at}`,
    seq: at,
    at,
    entry: entry('member', { change, subject: user }, { user, name: user, display: undefined }),
  });
  const run = [
    row('a', 'join', 1),
    row('b', 'join', 2),
    row('c', 'leave', 3),
    row('d', 'join', 4),
    row('d', 'leave', 5),
    row('e', 'leave', 6),
    row('e', 'join', 7),
  ];
  assert.equal(partsInWords(movesOf(run, 'a').parts), 'You and b joined · c left · d looked in · e left and came back');
  const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((user, at) => row(user, 'join', at));
  assert.equal(partsInWords(movesOf(many, undefined).parts), 'a, b, c and 3 others joined');
});

test('lists names, times and who types', () => {
  assert.equal(namesInWords(['Jun', 'Hana', 'Noor', 'Lena', 'Kofi']), 'Jun, Hana and 3 others');
  assert.equal(
    reactorsInWords(
      [
        { user: 'me', name: 'Ilvi' },
        { user: 'u2', name: 'Lena' },
      ],
      'me',
    ),
    'Lena and you',
  );
  assert.equal(reactorsInWords([{ user: 'me', name: 'Ilvi' }], 'me'), 'You');
  assert.equal(typingInWords(['Jun']), 'Jun is typing');
  assert.equal(typingInWords(['Jun', 'Hana']), 'Jun and Hana are typing');
  assert.equal(typingInWords(['a', 'b', 'c', 'd']), 'Several people are typing');
  assert.equal(durationInWords(600_000), '10 minutes');
  assert.equal(durationInWords(86_400_000), '1 day');
  assert.equal(durationInWords(90_000), '90 seconds');
  assert.equal(durationInWords(7 * 86_400_000), '7 days');
});

test('reads one message out, and of several only how many and of whom', () => {
  const of = (name: string) => ({ name, words: 'fog' });
  assert.equal(messagesInWords([of('Mira')]), 'Mira: fog');
  assert.equal(messagesInWords([of('Mira'), of('Jun'), of('Mira')]), '3 new messages from Mira and Jun');
});
