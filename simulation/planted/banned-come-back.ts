import type { Planted } from './planted.ts';

/** A ban only kicks. Clerk and followers agree on it: only the independent look at the log tells. */
export const planted: Planted = {
  file: 'packages/room/src/fold.ts',
  find: "  if (how === 'ban') {\n    put(state, 'ban', state.bans,",
  replace: "  if (how === 'ban' && seq < 0) {\n    put(state, 'ban', state.bans,",
  caughtBy: /S7|refuses/,
};
