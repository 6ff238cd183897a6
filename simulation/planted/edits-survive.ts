import type { Planted } from './planted.ts';

/** A deleted message leaves its edits behind. */
export const planted: Planted = {
  file: 'packages/server/src/append.ts',
  find: '    rows.add(sql.redactEdits, n, n, target);\n',
  replace: '',
  caughtBy: /were deleted and are on disk/,
};
