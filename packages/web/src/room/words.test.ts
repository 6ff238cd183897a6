import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageRow, Status } from '@parley/client';
import type { MemberView, Role, RoomView } from '@parley/protocol';
import { may, rightsOn, rightsOver, slowModeMs } from './may.ts';
import { failureOf, hintOf, reasonOf, standingOf, stateOf, waitOf } from './words.ts';

const now = 1_000_000;
const online: Status = { state: 'online' };
const at = (time: number) => `t${time}`;
const room = (me: Partial<RoomView['me']> = {}, more: Partial<RoomView> = {}) =>
  ({ slowModeMs: 0, permissions: {}, ...more, me: { membership: 'member', role: 'member', ...me } }) as RoomView;
const message = (more: Partial<MessageRow> = {}) =>
  ({ type: 'message', seq: 3, body: { text: 'x' }, mine: true, imported: false, ...more }) as MessageRow;
const member = (role: Role, id = 'u2') => ({ role, person: { id, kind: 'person' } }) as MemberView;

test('offers with a message what one may do', () => {
  assert.deepEqual(rightsOn(message(), room(), now), {
    react: true,
    reply: true,
    edit: true,
    pin: false,
    delete: true,
  });
  assert.deepEqual(rightsOn(message({ mine: false }), room({ role: 'moderator' }), now), {
    react: true,
    reply: true,
    edit: false,
    pin: true,
    delete: true,
  });
  assert.deepEqual(rightsOn(message({ seq: undefined }), room(), now), {
    react: false,
    reply: false,
    edit: false,
    pin: false,
    delete: false,
  });
  assert.equal(rightsOn(message(), room({ mutedUntil: null }), now).react, false);
  assert.equal(rightsOn(message(), room({ mutedUntil: now - 1 }), now).react, true);
  assert.equal(rightsOn(message({ imported: true }), room(), now).edit, false);
});

test('takes the permissions of the room before those that are usual', () => {
  assert.equal(may(room({}, { permissions: { member: [] } }), 'post'), false);
  assert.equal(may(room({ membership: 'watching' }), 'post'), true);
  assert.equal(may(room({ membership: 'watching' }), 'react'), false);
  assert.equal(may(room({ membership: 'archive' }), 'post'), false);
});

test('offers nothing over an equal or higher role, and lets one step down', () => {
  const none = { mute: false, kick: false, ban: false, roles: [] };
  assert.deepEqual(rightsOver(member('moderator'), room({ role: 'moderator' }), 'u1'), none);
  assert.deepEqual(rightsOver(member('member'), room({ role: 'moderator' }), 'u1'), {
    mute: true,
    kick: true,
    ban: true,
    roles: [],
  });
  assert.deepEqual(rightsOver(member('member'), room({ role: 'admin' }), 'u1').roles, ['moderator']);
  assert.deepEqual(rightsOver(member('member'), room({ role: 'owner' }), 'u1').roles, ['owner', 'admin', 'moderator']);
  assert.deepEqual(rightsOver(member('owner', 'u1'), room({ role: 'owner' }), 'u1').roles, [
    'admin',
    'moderator',
    'member',
  ]);
  assert.deepEqual(rightsOver(member('guest'), room({ role: 'owner' }), 'u1').roles, []);
});

test('spares those with an office from slow mode', () => {
  assert.equal(slowModeMs(room({}, { slowModeMs: 5_000 })), 5_000);
  assert.equal(slowModeMs(room({ role: 'moderator' }, { slowModeMs: 5_000 })), 0);
});

test('says why one cannot write', () => {
  const title = (view: RoomView, status: Status = online) => standingOf(view, status, now, at)?.title;
  assert.equal(title(room()), undefined);
  assert.equal(title(room({ mutedUntil: now + 5 })), `You are muted here until t${now + 5}`);
  assert.equal(title(room({ mutedUntil: null })), 'You are muted here');
  assert.equal(title(room({ membership: 'archive' })), 'This is an archive');
  assert.equal(title(room({ membership: 'none' })), 'You are not in this room any more');
  assert.equal(title(room(), { state: 'closed', code: 'session-ended' }), 'You are signed out');
  assert.equal(title(room({ membership: 'watching' }, { permissions: { guest: [] } })), 'Guests only read here');
  assert.equal(title(room({}, { permissions: { member: ['react'] } })), 'Your role only reads here');
});

test('says why a message was not sent, and never a code', () => {
  assert.equal(
    failureOf({ code: 'too-fast', retryAt: 7 }, room({}, { slowModeMs: 9 }), at),
    'Not sent. Slow mode lets you post again at t7.',
  );
  assert.equal(
    failureOf({ code: 'muted', retryAt: undefined }, room({ mutedUntil: 8 }), at),
    'Not sent. You are muted here until t8.',
  );
  assert.equal(
    failureOf({ code: 'too-large', retryAt: undefined }, room(), at),
    'Not sent. It is too long for one message.',
  );
  assert.equal(reasonOf('wrong-epoch'), 'The server refused it.');
});

test('hints at what matters most now', () => {
  const base = { view: room(), status: online, length: 0, limit: 16_384, slowLeftMs: 0, slowMs: 0 };
  assert.equal(hintOf(base), undefined);
  assert.equal(
    hintOf({ ...base, status: { state: 'offline', retryAt: 0 } })?.text,
    'Will wait here until you are online',
  );
  assert.equal(hintOf({ ...base, length: 16_390 })?.text, '6 characters too long');
  assert.equal(hintOf({ ...base, length: 16_300 })?.text, '84 characters left');
  assert.equal(
    hintOf({ ...base, slowLeftMs: 11_200, slowMs: 30_000 })?.text,
    'Slow mode: you can post again in 12 seconds',
  );
  assert.equal(hintOf({ ...base, slowMs: 30_000 })?.text, 'Slow mode: one message every 30 seconds');
  assert.equal(hintOf({ ...base, view: room({ membership: 'watching' }) })?.icon, 'guest');
});

test('says which server one waits for', () => {
  assert.equal(stateOf('queued', 'kanto.example'), 'Waiting for kanto.example');
  assert.equal(stateOf('queued', undefined), 'Waiting for the room’s server');
  assert.equal(stateOf('sending', 'kanto.example'), 'Sending');
  const base = { view: room(), status: online, length: 0, limit: 16_384, slowLeftMs: 0, slowMs: 0 };
  const silent = { server: 'kanto.example', messages: 1, reachable: true };
  assert.equal(hintOf({ ...base, silent })?.text, 'kanto.example does not answer: your message waits in order');
  assert.equal(
    hintOf({ ...base, silent: { ...silent, messages: 3, reachable: false } })?.text,
    'kanto.example cannot be reached: 3 messages wait in order',
  );
  assert.equal(
    hintOf({ ...base, silent: { ...silent, messages: 0, reachable: false } })?.text,
    'kanto.example cannot be reached now: what you write waits for it',
  );
  assert.equal(
    hintOf({ ...base, silent, status: { state: 'offline', retryAt: 0 } })?.text,
    'Will wait here until you are online',
  );
});

test('says why a message waits, when it is held back', () => {
  const view = room({}, { slowModeMs: 9 });
  assert.equal(
    waitOf({ state: 'waiting', code: 'too-fast', retryAt: 7 }, view, at),
    'Slow mode holds it back. It goes out by itself at t7.',
  );
  assert.equal(waitOf({ state: 'waiting', code: undefined, retryAt: undefined }, view, at), undefined);
  assert.equal(waitOf({ state: 'sending', code: 'too-fast', retryAt: 7 }, view, at), undefined);
});
