import type { Planted } from './planted.ts';

/** Who was removed goes on following. */
export const planted: Planted = {
  file: 'packages/server/src/membership.ts',
  find: "      hub.unfollow(session, room);\n      session.send('room.removed', { room, how: endings",
  replace: "      session.send('room.removed', { room, how: endings",
  caughtBy: /S8/,
};
