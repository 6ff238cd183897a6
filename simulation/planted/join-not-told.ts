import type { Planted } from './planted.ts';

/** A room that was joined on one device is not there on the others. */
export const planted: Planted = {
  file: 'packages/server/src/membership.ts',
  find: '      tellAdded(this.#contextOf(session), room);\n    } else',
  replace: '    } else',
  caughtBy: /shows other rooms|shows #/,
};
