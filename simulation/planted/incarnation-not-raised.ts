import type { Planted } from './planted.ts';

/** What is numbered again keeps its incarnation. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'const again = stampAgain(crypto, origin, highest + 1, rows);',
  replace: 'const again = stampAgain(crypto, origin, highest, rows);',
  caughtBy: /romeo shows/,
  check: 'stories',
  stories: 'servers-restore',
};
