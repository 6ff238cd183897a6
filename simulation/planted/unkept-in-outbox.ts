import type { Planted } from './planted.ts';

/** The words of a room that keeps nothing wait on the disk. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'rows.push({ ...row, parts: keeps ? parts : [] });',
  replace: 'rows.push({ ...row, parts });',
  caughtBy: /S11/,
  check: 'across',
  from: 5,
};
