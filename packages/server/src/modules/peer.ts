/** The links to other servers. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const peer: Handlers<Protocol['peer'], Context> = {
  async list({ here }) {
    return { peers: here.peers.list(), refused: here.peers.refused() };
  },
  connect: ({ here }, { url }) => here.peers.connect(url),
  async disconnect({ here }, { url }) {
    await here.peers.disconnect(url);
    return {};
  },
  async block({ here }, { server }) {
    await here.peers.block(server);
    return {};
  },
  async unblock({ here }, { server }) {
    await here.peers.unblock(server);
    return {};
  },
};
