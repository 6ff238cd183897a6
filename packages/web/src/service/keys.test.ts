import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeys, type KeyBinding, shownKeys } from './keys.ts';

function pressed(key: string, more: object = {}): Event {
  const event = new Event('keydown', { cancelable: true });
  const none = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, isComposing: false };
  return Object.assign(event, none, { key, code: `Key${key.toUpperCase()}` }, more);
}

function setting(mac = false) {
  const target = new EventTarget();
  const keys = createKeys(target, mac);
  const done: string[] = [];
  const bind = (name: string, more: Partial<KeyBinding> = {}) =>
    keys.bind({ keys: name, run: () => void done.push(name), ...more });
  const press = (key: string, more: object = {}) => target.dispatchEvent(pressed(key, more));
  /** As if the focus were in an element of that kind. */
  const pressIn = (element: object, key: string, more: object = {}) => {
    const event = pressed(key, more);
    Object.defineProperty(event, 'target', { value: element });
    return target.dispatchEvent(event);
  };
  return { keys, bind, press, pressIn, done };
}

test('a combination acts, other modifiers do not, and what acted is prevented', () => {
  const { bind, press, done } = setting();
  bind('mod+k');
  bind('alt+shift+ArrowUp');
  assert.equal(press('k', { ctrlKey: true }), false);
  assert.equal(press('k'), true);
  assert.equal(press('k', { ctrlKey: true, altKey: true }), true);
  assert.equal(press('k', { metaKey: true }), true);
  press('ArrowUp', { altKey: true, shiftKey: true });
  assert.deepEqual(done, ['mod+k', 'alt+shift+ArrowUp']);
});

test('on a Mac the command key stands for Ctrl, and Option may change the letter', () => {
  const { bind, press, done } = setting(true);
  bind('mod+k');
  bind('alt+n');
  press('k', { metaKey: true });
  press('k', { ctrlKey: true });
  press('˜', { altKey: true, code: 'KeyN' });
  assert.deepEqual(done, ['mod+k', 'alt+n']);
});

test('a sign is found whether or not the keyboard needs Shift for it', () => {
  const { bind, press, done } = setting();
  bind('?');
  bind('+');
  press('?', { shiftKey: true });
  press('?');
  press('+');
  assert.deepEqual(done, ['?', '?', '+']);
});

test('letters are left to text fields, combinations are not', () => {
  const { bind, pressIn, press, done } = setting();
  bind('?');
  bind('mod+k');
  pressIn({ tagName: 'TEXTAREA' }, '?');
  pressIn({ tagName: 'TEXTAREA' }, 'k', { ctrlKey: true });
  pressIn({ tagName: 'INPUT', type: 'checkbox' }, '?');
  press('?');
  assert.deepEqual(done, ['mod+k', '?', '?']);
});

test('the newest binding wins, may pass, and goes when it is taken away', () => {
  const { bind, press, done, keys } = setting();
  bind('Escape', { about: 'close' });
  const stop = keys.bind({ keys: 'Escape', run: () => void done.push('inner') });
  press('Escape');
  stop();
  keys.bind({ keys: 'Escape', run: () => false });
  press('Escape');
  assert.deepEqual(done, ['inner', 'Escape']);
  assert.deepEqual(
    keys.list().map(({ about }) => about),
    ['close'],
  );
});

test('while a dialog covers the app, only what is meant for it acts', () => {
  const { bind, press, done, keys } = setting();
  bind('mod+k');
  bind('mod+z', { overDialogs: true });
  const uncover = keys.cover();
  press('k', { ctrlKey: true });
  press('z', { ctrlKey: true });
  uncover();
  press('k', { ctrlKey: true });
  assert.deepEqual(done, ['mod+z', 'mod+k']);
});

test('keys are shown as they are called on the machine', () => {
  assert.equal(shownKeys('mod+k', false), 'Ctrl K');
  assert.equal(shownKeys('mod+k', true), '⌘ K');
  assert.equal(shownKeys('alt+shift+ArrowUp', false), 'Alt Shift ↑');
  assert.equal(shownKeys('+', false), '+');
  assert.equal(shownKeys('Escape', false), 'Esc');
});
