import type { Planted } from './planted.ts';

/** Nobody hears of a refusal that another server’s log holds. */
export const planted: Planted = {
  file: 'packages/server/src/federation/settling.ts',
  find: 'else if (!what.duplicateOf) refused(room.id, what.user, what.clientId, codeOf(what));',
  replace: 'else if (!what.duplicateOf) codeOf(what);',
  caughtBy: /waited in vain/,
  check: 'stories',
  stories: 'across',
};
