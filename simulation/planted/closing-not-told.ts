import type { Planted } from './planted.ts';

/** Nobody hears that what waited is refused, when their server is out of the room. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: "for (const { act, clientId } of open)\n        this.#options.refused(id, decodeAct(act).user, clientId, isErrorCode(code) ? code : 'not-a-member');",
  replace: 'void isErrorCode(code);',
  caughtBy: /every call has its outcome/,
  check: 'stories',
  stories: 'servers-moderation',
};
