import type { Planted } from './planted.ts';

/** Nobody inherits a room whose last owner leaves. */
export const planted: Planted = {
  file: 'packages/room/src/step.ts',
  find: "const changesRoles = new Set(['member', 'role']);",
  replace: "const changesRoles = new Set(['role']);",
  caughtBy: /has no owner/,
};
