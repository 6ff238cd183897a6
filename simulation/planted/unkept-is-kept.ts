import type { Planted } from './planted.ts';

/** Words of a room that keeps nothing reach the disk. */
export const planted: Planted = {
  file: 'packages/server/src/run.ts',
  find: 'parts: keeps ? parts : [],',
  replace: 'parts: keeps || !keeps ? parts : [],',
  caughtBy: /S11/,
};
