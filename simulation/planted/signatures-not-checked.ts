import type { Planted } from './planted.ts';

/** Whatever a clerk says of another server’s people is believed. */
export const planted: Planted = {
  file: 'packages/room/src/signatures.ts',
  find: 'if (!verifyBatch(this.#crypto, network, id, origin, last, signature)) throw unsigned();',
  replace: 'if (signature.length === 0) throw unsigned();',
  caughtBy: /waited in vain: it is noticed/,
  check: 'stories',
  stories: 'servers-liar',
};
