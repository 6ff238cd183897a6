import type { Planted } from './planted.ts';

/** Two restrictions that end at once are ended under one clientId. */
export const planted: Planted = {
  file: 'packages/room/src/step.ts',
  find: 'for (const key of dueKeys(state, now)) entries.push(appendClerk(state, ending(state, key), now, crypto));',
  replace:
    'for (const act of dueKeys(state, now).map((key) => ending(state, key))) entries.push(appendClerk(state, act, now, crypto));',
  caughtBy: /commit failed|stands twice|L1|should have ended/,
};
