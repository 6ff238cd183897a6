import type { Planted } from './planted.ts';

/** A refusal of another server’s act leaves nothing in the log. */
export const planted: Planted = {
  file: 'packages/room/src/step.ts',
  find: "if (refused && input.type === 'act') return",
  replace: "if (refused && input.type !== 'clerk') return",
  caughtBy: /waited in vain/,
  check: 'stories',
  stories: 'across',
};
