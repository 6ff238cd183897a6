import type { Planted } from './planted.ts';

/** The clerk does an act again that it has done. */
export const planted: Planted = {
  file: 'packages/server/src/federation/clerk.ts',
  find: 'const standing = room.placed.get(name)?.pos ?? (await store.entry.byAct(room.n, keyOf(name)));',
  replace: 'const standing = room.placed.get(name)?.pos;',
  caughtBy: /commit failed/,
  check: 'stories',
  stories: 'servers-restore',
};
