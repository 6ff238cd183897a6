/** How far others have read. */
import type { Handlers, Protocol } from '@parley/protocol';
import { readerOf } from '../access.ts';
import type { Context } from '../context.ts';
import { hasReceipts } from '../receipt.ts';

export const receipt: Handlers<Protocol['receipt'], Context> = {
  async list(context, { room: id }) {
    const { receipts, across } = context.here;
    const { room } = await readerOf(context, id);
    if (!hasReceipts(room)) return { readers: [] };
    return { readers: await receipts.named([...(await receipts.own(room)), ...across.readers(room)]) };
  },
};
