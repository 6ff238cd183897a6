import type { Planted } from './planted.ts';

/** The table of who was in when misses those who were kicked. */
export const planted: Planted = {
  file: 'packages/server/src/append.ts',
  find: "if (change === 'leave' || change === 'kick' || change === 'ban') rows.add(sql.leave",
  replace: "if (change === 'leave' || change === 'ban') rows.add(sql.leave",
  caughtBy: /the stays in/,
};
