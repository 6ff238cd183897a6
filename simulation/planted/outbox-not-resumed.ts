import type { Planted } from './planted.ts';

/** What was under way when a connection broke is never sent again. */
export const planted: Planted = {
  file: 'packages/client/src/client.ts',
  find: '    this.#outbox.opened();\n',
  replace: '',
  caughtBy: /L1/,
};
