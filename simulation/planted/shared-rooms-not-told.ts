import type { Planted } from './planted.ts';

/** A server that was restored to before it entered a room never hears of it. */
export const planted: Planted = {
  file: 'packages/server/src/federation/rooms-across.ts',
  find: 'this.#shared.linked(server).catch(failed);',
  replace: 'void this.#shared;',
  caughtBy: /juliet is in/,
  check: 'stories',
  stories: 'servers-restore',
};
