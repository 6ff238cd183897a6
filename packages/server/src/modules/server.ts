/** Other servers of the network. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const server: Handlers<Protocol['server'], Context> = {
  async self({ here: { id, discovery } }) {
    const { addresses, relays } = discovery.own;
    return { id, addresses: [...addresses], relays: [...relays] };
  },
  async get({ here, session }, { servers, watch = false }) {
    if (watch) here.serverWatch.watch(session, servers);
    return { servers: here.serverWatch.get(servers) };
  },
  async list({ here }, { after = '', limit }) {
    return here.discovery.list(after, limit);
  },
  async directories({ here }) {
    return { directories: here.discovery.directories() };
  },
};
