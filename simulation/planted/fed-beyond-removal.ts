import type { Planted } from './planted.ts';

/** A server that lost its last member is told what comes after. */
export const planted: Planted = {
  file: 'packages/server/src/federation/feed.ts',
  find: '      if (participants(now.state).has(server)) return undefined;\n',
  replace: '      if (now) return undefined;\n',
  caughtBy: /S8/,
  check: 'across',
  from: 3,
};
