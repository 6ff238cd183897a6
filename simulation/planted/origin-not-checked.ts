import type { Planted } from './planted.ts';

/** The clerk takes acts from one server that are stamped by another. */
export const planted: Planted = {
  file: 'packages/room/src/batch.ts',
  find: 'if (stamp.origin !== origin || !goesOn)',
  replace: 'if (!goesOn)',
  caughtBy: /log is wrong|S9/,
  check: 'hostile',
  from: 6,
};
