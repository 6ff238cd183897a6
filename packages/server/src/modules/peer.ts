/** The links to other servers. */
import type { Handlers, PeerView, Protocol } from '@parley/protocol';
import type { Context } from '../context.ts';

function named({ names }: Context['here'], peer: PeerView): PeerView {
  const { id, name } = peer;
  const nameState = id === undefined || name === undefined ? undefined : names.stateOf(id, name);
  return nameState === undefined ? peer : { ...peer, nameState };
}

export const peer: Handlers<Protocol['peer'], Context> = {
  async list({ here }) {
    const peers = here.peers.list().map((peer) => named(here, peer));
    return { peers, refused: here.peers.refused(), relayed: here.nat.relayed };
  },
  async connect({ here }, { url }) {
    return named(here, await here.peers.connect(url));
  },
  async disconnect({ here }, { url }) {
    await here.peers.disconnect(url);
    return {};
  },
  async block({ here }, { server }) {
    await here.peers.block(server);
    await here.across.oversight.blocked(server);
    return {};
  },
  async unblock({ here }, { server }) {
    await here.peers.unblock(server);
    return {};
  },
  rooms: ({ here }, { after }) => here.across.oversight.rooms(after),
  retry: ({ here }, wanted) => here.across.oversight.retry(wanted),
  drop: ({ here }, { room }) => here.across.oversight.drop(room),
};
