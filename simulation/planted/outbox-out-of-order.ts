import type { Planted } from './planted.ts';

/** A device sends what waits without waiting for what came before. */
export const planted: Planted = {
  file: 'packages/client/src/outbox.ts',
  find: '      blocked.add(room);\n',
  replace: '',
  caughtBy: /S4/,
};
