import type { Planted } from './planted.ts';

/** An account's end that is tried again after a crash begins anew. */
export const planted: Planted = {
  file: 'packages/server/src/modules/account.ts',
  find: ['`erase:$', '{person.n.toString(36)}`'].join(''),
  replace: ['`erase:$', '{context.runtime.now()}`'].join(''),
  caughtBy: /crashed (before|after) write/,
  check: 'writes',
};
