import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPreferences } from './preferences.ts';

function setting(held?: string) {
  const stored = new Map(held === undefined ? [] : [['parley.look', held]]);
  const properties = new Map<string, string>();
  const style = { setProperty: (name: string, value: string) => void properties.set(name, value) };
  const root = { dataset: {} as Record<string, string>, style } as unknown as HTMLElement;
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  return { root, properties, preferences: () => createPreferences(root, () => storage) };
}

test('what was chosen is shown on the page at once and found again', () => {
  const { root, properties, preferences } = setting();
  const first = preferences();
  assert.deepEqual({ ...root.dataset }, {});
  first.set({ theme: 'dark', density: 'compact', listWidth: 300 });
  assert.deepEqual({ ...root.dataset }, { theme: 'dark', density: 'compact' });
  assert.equal(properties.get('--list-w'), '300px');
  assert.equal(preferences().get().theme, 'dark');
  first.set({ theme: 'system' });
  assert.deepEqual({ ...root.dataset }, { density: 'compact' });
});

test('what is kept may be anything, and the width stays in its bounds', () => {
  for (const held of ['', '{', '[]', 'null', '{"theme":"pink","listWidth":"wide","folded":[1,"Rooms"]}'])
    assert.equal(setting(held).preferences().get().theme, 'system');
  const { preferences } = setting('{"listWidth":9000,"folded":[1,"Rooms"]}');
  assert.equal(preferences().get().listWidth, 360);
  assert.deepEqual(preferences().get().folded, ['Rooms']);
});

test('a browser that keeps nothing still shows what is chosen', () => {
  const { root } = setting();
  const refused = createPreferences(root, () => {
    throw new Error('forbidden');
  });
  refused.set({ contrast: 'more' });
  assert.equal(root.dataset.contrast, 'more');
});
