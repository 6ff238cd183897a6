import type { Planted } from './planted.ts';

/** Members read what was said before they came. */
export const planted: Planted = {
  file: 'packages/room/src/visibility.ts',
  find: "if (rule === 'world' || (rule === 'all' && member)) add(out, segment);",
  replace: "if (rule === 'world' || member) add(out, segment);",
  caughtBy: /S8/,
};
