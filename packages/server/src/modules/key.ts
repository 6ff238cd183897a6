/** Messages to a key. */
import { type Handlers, type Protocol, Refusal } from '@parley/protocol';
import type { Context } from '../context.ts';
import { proveKey } from './session.ts';

export const key: Handlers<Protocol['key'], Context> = {
  async listen(context, { key, signature }) {
    const { session, here } = context;
    if (here.keys.listens(session, key)) return {};
    if (!signature) throw new Refusal('bad-challenge');
    proveKey(context, 'listen', key, signature);
    here.keys.listen(session, key);
    return {};
  },

  async unlisten({ session, here }, { key }) {
    here.keys.unlisten(session, key);
    return {};
  },

  async send({ session, here }, { key, sealed }) {
    const search = (): void => here.rates.charge(session, 'create');
    return { deliveredAt: await here.keySearch.send(key, sealed, search) };
  },

  async acknowledge({ session, here }, { delivery }) {
    here.keys.acknowledge(session, delivery);
    return {};
  },
};
