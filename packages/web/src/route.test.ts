import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, parseRoute, type Route } from './route.ts';

test('every route survives its hash', () => {
  const routes: Route[] = [
    { at: 'home' },
    { at: 'room', room: 'ops' },
    { at: 'room', room: '潮見表', seq: 42 },
    { at: 'room', room: 'a/b?c#d', pane: 'members' },
    { at: 'room', room: 'ops', seq: 7, pane: 'pins' },
    { at: 'channel', channel: 'lobby' },
    { at: 'channel', channel: '潮見表' },
    { at: 'key' },
    { at: 'key', key: `key:${'a'.repeat(52)}` },
    { at: 'enter', way: 'key' },
    { at: 'settings' },
    { at: 'settings', page: 'sessions' },
    { at: 'enter', way: 'guest' },
    { at: 'enter', way: 'sign-up', invite: 'quay 1947' },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(hashOf(route)), route);
});

test('what no version knows is home, and bad escapes do not throw', () => {
  for (const hash of ['', '#', '#/', '#/x/y', '#/r/', '#/r']) assert.deepEqual(parseRoute(hash), { at: 'home' });
  assert.deepEqual(parseRoute('#/r/%E0%A4%A'), { at: 'room', room: '%E0%A4%A' });
  assert.deepEqual(parseRoute('#/k/abc'), { at: 'key' });
  assert.deepEqual(parseRoute('#/r/ops/12x'), { at: 'room', room: 'ops' });
  assert.deepEqual(parseRoute('#/r/ops?pane=nothing'), { at: 'room', room: 'ops' });
});
