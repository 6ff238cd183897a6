import type { Planted } from './planted.ts';

/** Another server gets what its people may not read. */
export const planted: Planted = {
  file: 'packages/server/src/federation/ranges.ts',
  find: 'return readable(room.state, isMember, merged(stays));',
  replace: 'return isMember ? [{ from: 1, to: room.committed.seq }] : readable(room.state, isMember, merged(stays));',
  caughtBy: /S8|shows|hears/,
  check: 'stories',
  stories: 'servers-moderation',
};
