import type { Planted } from './planted.ts';

/** What was written to readers is written again with what comes next. */
export const planted: Planted = {
  file: 'packages/server/src/fanout.ts',
  find: '    channel.events = [];\n',
  replace: '    channel.events = events.slice(-1);\n',
  caughtBy: /was told entry|hangs/,
};
