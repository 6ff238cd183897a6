import type { Planted } from './planted.ts';

/** Nobody hears that a clerk appended what its room forbids. */
export const planted: Planted = {
  file: 'packages/server/src/federation/follower.ts',
  find: 'this.#report(room, followed);',
  replace: 'void followed;',
  caughtBy: /it is noticed/,
  check: 'stories',
  stories: 'servers-liar',
};
