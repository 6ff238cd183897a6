import type { Planted } from './planted.ts';

/** Earlier entries are taken from whatever room they are. */
export const planted: Planted = {
  file: 'packages/server/src/federation/backfill.ts',
  find: 'const headers = checkSegment(crypto, state, segment, endBefore(above[0], head), held.chain, above);',
  replace:
    'void [checkSegment, endBefore, above, crypto];\n    const headers = segment.lines.map(({ header }) => readHeader(header));',
  caughtBy: /another room is refused/,
  check: 'stories',
  stories: 'servers-liar',
};
