import type { Planted } from './planted.ts';

/** What is numbered again keeps its incarnation. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'let last: Stamped = { incarnation: highest + 1, oseq: 0, hash: zeroHash };',
  replace: 'let last: Stamped = { incarnation: highest, oseq: 0, hash: zeroHash };',
  caughtBy: /romeo shows/,
  check: 'stories',
  stories: 'servers-restore',
};
