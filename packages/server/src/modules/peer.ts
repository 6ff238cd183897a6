/** The links to other servers. */
import type { Handlers, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

export const peer: Handlers<Protocol['peer'], Context> = {
  list: ({ here }) => here.peerWatch.list(),
  watch: ({ here, session }) => here.peerWatch.watch(session),
  async unwatch({ here, session }) {
    here.peerWatch.unwatch(session);
    return {};
  },
  async connect({ here }, { url }) {
    return here.peerWatch.named(await here.peers.connect(url));
  },
  async disconnect({ here }, { url }) {
    await here.peers.disconnect(url);
    here.peerWatch.look();
    return {};
  },
  async block({ here }, { server }) {
    await here.peers.block(server);
    await here.across.oversight.blocked(server);
    here.peerWatch.look();
    return {};
  },
  async unblock({ here }, { server }) {
    await here.peers.unblock(server);
    here.peerWatch.look();
    return {};
  },
  rooms: ({ here }, { after }) => here.across.oversight.rooms(after),
  retry: ({ here }, wanted) => here.across.oversight.retry(wanted),
  drop: ({ here }, { room }) => here.across.oversight.drop(room),
};
