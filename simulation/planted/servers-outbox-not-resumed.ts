import type { Planted } from './planted.ts';

/** What waited when a server died is not handed in after its start. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'for (const id of await this.roomsOf(server)) this.pump(id);',
  replace: 'for (const id of await this.roomsOf(server)) void id;',
  caughtBy: /waited in vain/,
  check: 'stories',
  stories: 'servers',
};
