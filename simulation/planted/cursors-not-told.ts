import type { Planted } from './planted.ts';

/** A server that comes back does not say where it stands. */
export const planted: Planted = {
  file: 'packages/server/src/federation/follower.ts',
  find: "if (!peers.send(server, 'cursor', { rooms: cursors }, { priority: 'control', flow: after })) return;",
  replace: 'void cursors;',
  caughtBy: /L1|L2/,
  check: 'across',
  from: 2,
};
