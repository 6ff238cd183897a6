import type { Planted } from './planted.ts';

/** The clerk lets a server speak for another one’s people. */
export const planted: Planted = {
  file: 'packages/room/src/step.ts',
  find: "if (serverOf(act.user) !== input.stamp.origin) return { code: 'forbidden' };",
  replace: '',
  caughtBy: /changes nothing/,
  check: 'stories',
  stories: 'servers-liar',
};
