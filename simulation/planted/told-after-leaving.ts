import type { Planted } from './planted.ts';

/** What is stored in one transaction goes to the readers of its first entry. */
export const planted: Planted = {
  file: 'packages/server/src/telling.ts',
  find: 'for (const run of runsOf(events)) bus.publish',
  replace: 'for (const run of [events]) bus.publish',
  caughtBy: /S8/,
};
