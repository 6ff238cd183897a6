import type { Planted } from './planted.ts';

/** An act is acknowledged while it is on its way to the disk. */
export const planted: Planted = {
  file: 'packages/server/src/committer.ts',
  find: '    this.#schedule();\n    return promise;',
  replace: '    this.#schedule();\n    promise.catch(() => {});\n    return Promise.resolve();',
  caughtBy: /S3|S12/,
};
