import type { Planted } from './planted.ts';

/** Who comes in from another server is not noted as being in. */
export const planted: Planted = {
  file: 'packages/server/src/store/room-snapshot.ts',
  find: '{ sql: sql.stay, rows: members.map(',
  replace: '{ sql: sql.stay, rows: members.slice(1).map(',
  caughtBy: /on the disk of s2/,
  check: 'stories',
  stories: 'servers',
};
