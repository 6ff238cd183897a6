import type { Planted } from './planted.ts';

/** An account's end that is tried again after a crash begins anew. */
export const planted: Planted = {
  file: 'packages/server/src/erasure.ts',
  find: ['const act = `erase:$', '{person.id.slice(0, 16)}`'].join(''),
  replace: ['const act = `erase:$', '{performance.now()}`'].join(''),
  caughtBy: /crashed (before|after) write/,
  check: 'writes',
};
