import type { Planted } from './planted.ts';

/** Whoever sends again after having left is told that it never happened. */
export const planted: Planted = {
  file: 'packages/server/src/router.ts',
  find: '  if (!standing) throw error;',
  replace: '  if (!standing || standing) throw error;',
  caughtBy: /was refused and stands/,
};
