import type { Planted } from './planted.ts';

/** What counts as unread is numbered wrongly. */
export const planted: Planted = {
  file: 'packages/server/src/append.ts',
  find: '  const after = counts(header) ? nth + 1 : nth;',
  replace: "  const after = counts(header) && kind !== 'message' ? nth + 1 : nth;",
  caughtBy: /is numbered wrongly|counts #/,
};
