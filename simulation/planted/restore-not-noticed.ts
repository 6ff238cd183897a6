import type { Planted } from './planted.ts';

/** An origin that was restored takes the clerk’s numbering for its own. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: "if (state !== 'fork' && !isSecond && known && (await this.#isOwn(room, known))) return { value: false };",
  replace: "if (state !== 'fork') return { value: false };",
  caughtBy: /romeo shows|waited in vain|romeo hears/,
  check: 'stories',
  stories: 'servers-restore',
};
