import type { Planted } from './planted.ts';

/** A guest who speaks becomes a member like any other. */
export const planted: Planted = {
  file: 'packages/server/src/speak.ts',
  find: "person.kind === 'guest' ? { guest: true } : {};",
  replace: 'person.n < 0 ? { guest: true } : {};',
  caughtBy: /a guest is more than that/,
};
