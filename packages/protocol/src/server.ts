/** Other servers of the network, as far as this one knows them. */
import { event, request } from './define.ts';
import { serverName } from './federation-link.ts';
import { feature, relay } from './federation-record.ts';
import { choice, count, flag, type Infer, integer, list, optional, record, view } from './field.ts';
import { serverId } from './id.ts';
import { limits } from './limits.ts';
import { nameState, peerUrl } from './peer.ts';

/** How a server came to be known: by an operator, a directory, a link with it, a server that knows it, or DNS. */
export const serverSource = choice(['hand', 'directory', 'link', 'gossip', 'dns']);

export const serverView = view({
  id: serverId,
  /** The name that it claims. */
  name: optional(serverName),
  nameState: optional(nameState),
  state: choice(['linked', 'connecting', 'known', 'blocked']),
  via: serverSource,
  addresses: list(peerUrl, limits.serverAddresses),
  relays: list(relay, limits.serverRelays),
  features: list(feature, limits.serverFeatures),
  /** The last proof that it lives, Unix ms. */
  seenAt: count(),
  /** When what is known of it is forgotten unless it renews it, Unix ms. */
  expiresAt: count(),
});
export type ServerView = Infer<typeof serverView>;

/** What everybody may know of another server. */
export const serverReach = view({
  id: serverId,
  /** What to show it by; absent: its key. */
  name: optional(serverName),
  /** Whether DNS proves the name; else it only claims it. */
  verified: flag(),
  isLinked: flag(),
});
export type ServerReach = Infer<typeof serverReach>;

export const server = {
  self: request({
    about: 'Who this server is, and how others reach it: at its addresses, or through relays.',
    from: 'anyone',
    payload: record({}),
    reply: view({
      id: serverId,
      addresses: list(peerUrl, limits.serverAddresses),
      relays: list(relay, limits.serverRelays),
    }),
  }),
  get: request({
    about:
      'What other servers are called, and whether they can be reached now, by their ids. With `watch` this connection is told when that changes, of the last thousand that it named.',
    from: 'guest',
    payload: record({ servers: list(serverId, limits.people), watch: optional(flag()) }),
    reply: view({ servers: list(serverReach, limits.people) }),
  }),
  changed: event({
    about: 'A server that this connection watches is called otherwise now, can be reached, or cannot any more.',
    payload: serverReach,
  }),
  list: request({
    about: 'Servers that this one has a record of, in the order of their ids.',
    from: 'operator',
    payload: record({ after: optional(serverId), limit: integer(1, limits.serversPage) }),
    reply: view({
      servers: list(serverView, limits.serversPage),
      /** Whether others follow the last one. */
      more: flag(),
    }),
  }),
  directories: request({
    about: 'The directories by which this server is found, and whether it is connected to them.',
    from: 'operator',
    payload: record({}),
    reply: view({ directories: list(view({ url: peerUrl, connected: flag() }), 64) }),
  }),
};
