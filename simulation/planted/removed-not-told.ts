import type { Planted } from './planted.ts';

/** A server that loses its last member while it is away does not hear of it. */
export const planted: Planted = {
  file: 'packages/server/src/federation/feed.ts',
  find: 'if (!stay) return;',
  replace: 'if (!stay || stay.until !== undefined) return;',
  caughtBy: /waited in vain/,
  check: 'stories',
  stories: 'servers-moderation',
};
