import type { Planted } from './planted.ts';

/** Readers are told of entries that a crash may take away again. */
export const planted: Planted = {
  file: 'packages/server/src/committer.ts',
  find: '    const results = batch.length > 0 ? await this.#store(',
  replace:
    '    for (const { waiting } of batch) this.#committed(waiting.room, waiting.written);\n    const results = batch.length > 0 ? await this.#store(',
  caughtBy: /was told/,
};
