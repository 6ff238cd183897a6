import type { Planted } from './planted.ts';

/** What was to be told a server while it was away is forgotten. */
export const planted: Planted = {
  file: 'packages/server/src/federation/invitations.ts',
  find: 'return this.#inOrder(server, () => this.#tellAll(server));',
  replace: 'return this.#tellAll === undefined ? this.#inOrder(server, async () => {}) : Promise.resolve();',
  caughtBy: /mailbox survives/,
  check: 'stories',
  stories: 'servers-invitations',
};
