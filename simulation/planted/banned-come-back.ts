import type { Planted } from './planted.ts';

/** A ban only kicks. Clerk and followers agree on it: only the independent look at the log tells. */
export const planted: Planted = {
  file: 'packages/room/src/fold.ts',
  find: "    put(state, 'ban', state.bans, subject, { since: seq, durationMs: data.durationMs ?? null });\n",
  replace: '    void seq;\n',
  caughtBy: /S7|refuses/,
};
