import type { Planted } from './planted.ts';

/** Nobody hears that what waited is refused, when their server is out of the room. */
export const planted: Planted = {
  file: 'packages/server/src/federation/origin.ts',
  find: 'for (const { act, clientId } of refused) this.#options.refused(id, decodeAct(act).user, clientId, said.code);',
  replace: 'void refused;',
  caughtBy: /every call has its outcome/,
  check: 'stories',
  stories: 'servers-moderation',
};
