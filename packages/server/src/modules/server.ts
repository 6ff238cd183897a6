/** Other servers of the network. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const server: Handlers<Protocol['server'], Context> = {
  async self({ here: { id, discovery } }) {
    const { addresses, relays } = discovery.own;
    return { id, addresses: [...addresses], relays: [...relays] };
  },
  async get({ here: { id: own, names, peers } }, { servers }) {
    const others = [...new Set(servers)].filter((id) => id !== own);
    return {
      servers: others.map((id) => {
        const { name, verified = false } = names.nameOf(id) ?? {};
        return { id, ...(name === undefined ? {} : { name }), verified, isLinked: peers.isLinked(id) };
      }),
    };
  },
  async list({ here }, { after = '', limit }) {
    return here.discovery.list(after, limit);
  },
  async directories({ here }) {
    return { directories: here.discovery.directories() };
  },
};
