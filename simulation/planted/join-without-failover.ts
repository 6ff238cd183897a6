import type { Planted } from './planted.ts';

/** Only the server that a room was named by is asked for it. */
export const planted: Planted = {
  file: 'packages/server/src/federation/entering.ts',
  find: 'for (const other of peers.linked().slice(0, mostAsked)) {',
  replace: 'for (const other of peers.linked().slice(0, 0 * mostAsked)) {',
  caughtBy: /fails over/,
  check: 'stories',
  stories: 'servers-joining',
};
