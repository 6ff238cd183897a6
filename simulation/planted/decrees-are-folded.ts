import type { Planted } from './planted.ts';

/** A clerk may decree whatever it likes. */
export const planted: Planted = {
  file: 'packages/room/src/fold.ts',
  find: "if (!allowed) return 'forbidden';",
  replace: '',
  caughtBy: /changes nothing/,
  check: 'stories',
  stories: 'servers-liar',
};
