import type { Planted } from './planted.ts';

/** Entries are stored without what they change. */
export const planted: Planted = {
  file: 'packages/server/src/append.ts',
  find: '    if (value) rows.add(sql.leafPut, n, key, value);',
  replace: "    if (value && !key.startsWith('mute/')) rows.add(sql.leafPut, n, key, value);",
  caughtBy: /the leaf mute/,
};
