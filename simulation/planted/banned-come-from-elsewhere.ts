import type { Planted } from './planted.ts';

/** Who is refused at another server’s room takes it for entered. */
export const planted: Planted = {
  file: 'packages/server/src/federation/entering.ts',
  find: "throw new Refusal(isErrorCode(what.code) ? what.code : 'forbidden');",
  replace: 'continue;',
  caughtBy: /a banned user cannot join/,
  check: 'stories',
  stories: 'servers-moderation',
};
