import type { Planted } from './planted.ts';

/** What has its outcome stays in the outbox. */
export const planted: Planted = {
  file: 'packages/server/src/federation/follower.ts',
  find: 'run.append(own.length > 0 ? [outboxSettle(room.n, own), ...proof] : proof);',
  replace: 'run.append(own.length > 99 ? [outboxSettle(room.n, own), ...proof] : proof);',
  caughtBy: /S12|L1/,
  check: 'across',
};
