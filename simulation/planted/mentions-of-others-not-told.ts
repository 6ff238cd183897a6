import type { Planted } from './planted.ts';

/** Nobody hears that somebody of another server means them. */
export const planted: Planted = {
  file: 'packages/server/src/federation/followed-entries.ts',
  find: 'mentioned: meant[i]!.flatMap((user) => (user === act?.user ? [] : (known.get(user)?.n ?? []))),',
  replace: 'mentioned: meant[i]!.flatMap((user) => (user === act?.user ? [] : known.size < 0 ? [0] : [])),',
  caughtBy: /counts/,
  check: 'across',
};
