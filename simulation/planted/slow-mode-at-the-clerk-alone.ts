import type { Planted } from './planted.ts';

/** Only the clerk knows how fast somebody may write. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'const retryAfterMs = this.#slow.take(state, act.user, act.kind);',
  replace: 'const retryAfterMs: number = 0;',
  caughtBy: /slow mode holds/,
  check: 'stories',
  stories: 'servers-moderation',
};
