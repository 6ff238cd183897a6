import type { Planted } from './planted.ts';

/** What a restored clerk lost is not appended again where its log has gone on. */
export const planted: Planted = {
  file: 'packages/server/src/federation/recovery.ts',
  find: 'lost += await this.#retell(id, page);',
  replace: 'lost += page.lines.length * 0;',
  caughtBy: /loses nothing/,
  check: 'stories',
  stories: 'servers-restore',
};
