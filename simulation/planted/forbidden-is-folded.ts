import type { Planted } from './planted.ts';

/** What a clerk appends although the room forbids it comes into force. */
export const planted: Planted = {
  file: 'packages/room/src/fold.ts',
  find: 'if (!refusal) change(state, header, what.act);',
  replace: 'change(state, header, what.act);',
  caughtBy: /changes nothing/,
  check: 'stories',
  stories: 'servers-liar',
};
