import type { Planted } from './planted.ts';

/** Acts do not name the one before. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'prev, after: room.committed });',
  replace: 'prev: zeroHash, after: room.committed });',
  caughtBy: /on the disk|L1|S4/,
  check: 'across',
  from: 2,
};
