import type { Planted } from './planted.ts';

/** Whoever asks again for a room, because the answer was lost, is told that its name is taken. */
export const planted: Planted = {
  file: 'packages/server/src/rooms.ts',
  find: "    return made?.kind === 'create' ? store.room.idOf(n) : undefined;",
  replace: "    return made?.kind === 'never' ? store.room.idOf(n) : undefined;",
  caughtBy: /a step of the story never works/,
  check: 'writes',
};
