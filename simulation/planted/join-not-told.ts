import type { Planted } from './planted.ts';

/** A room that was joined on one device is not there on the others. */
export const planted: Planted = {
  file: 'packages/server/src/membership.ts',
  find: "      tellAdded(context, room);\n    } else if (change === 'invite')",
  replace: "    } else if (change === 'invite')",
  caughtBy: /shows other rooms|shows #/,
};
