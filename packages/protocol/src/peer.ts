/** The links to other servers, for operators. */
import { event, request } from './define.ts';
import { framePriorities, serverName } from './federation-link.ts';
import { choice, count, type Infer, line, list, optional, pattern, record, view } from './field.ts';
import { serverId } from './id.ts';
import { peerRoom } from './peer-room.ts';

/** Where a server is dialled: scheme, host and port, nothing after them. */
export const peerUrl = pattern(/^https?:\/\/(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:\d{1,5})?$/);

/** Where a server is dialled: a URL, or a name in DNS, of several labels. */
export const peerAddress = pattern(
  /^(https?:\/\/(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:\d{1,5})?|(?=.{3,240}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?)$/,
);

/** Why there is no link. */
export const peerFaults = {
  unreachable: 'nothing answers there',
  refused: 'it does not let this server in, or takes no links',
  busy: 'it has no room for another link now',
  lost: 'the connection broke',
  'went-away': 'it stopped, or closed the link',
  'timed-out': 'it did not answer in time',
  'bad-handshake': 'it does not prove who it is: another network, or not a server of this kind',
  'wrong-server': 'another server answers there than before',
  'no-name': 'DNS does not say where a server of this name is',
  'bogus-name': 'what DNS says of this name is not to be believed: it is not signed as its zone is',
  'no-resolver': 'the DNS resolver does not answer, or is not set',
  'wrong-certificate': 'its TLS certificate is not the one that DNS names, or nobody vouches for it',
  'same-server': 'the address leads to this server itself',
  'bad-frame': 'one side could not read what the other said',
  'unsupported-version': 'there is no version that both sides know',
  failed: 'one of the two servers had a fault; its log says more',
  blocked: 'it is blocked here',
  'not-allowed': 'it is not among the servers that the configuration allows',
  full: 'this server has as many links as it takes',
  crowded: 'too many come from its address',
  unruly: 'it said what cannot be read too often, and has to wait',
} as const satisfies Record<string, string>;
export type PeerFault = keyof typeof peerFaults;
const faultNames = Object.keys(peerFaults) as [PeerFault, ...PeerFault[]];

/** `verified`: DNS proves it. `unverified`: it claims it, and nobody did before. `taken`: another server holds it. */
export const nameState = choice(['verified', 'unverified', 'taken']);
export type NameState = Infer<typeof nameState>;

export const peerView = view({
  /** Unknown until the first contact. */
  id: optional(serverId),
  /** The name that it claims, and how it stands with it; without a state the name does not count. */
  name: optional(serverName),
  nameState: optional(nameState),
  urls: list(peerAddress, 256),
  /** Who dialled the link that is open. */
  direction: optional(choice(['in', 'out'])),
  /** The server that passes it on, where one of the two cannot be dialled. */
  relay: optional(serverId),
  state: choice(['connected', 'connecting', 'waiting', 'blocked']),
  /** When it came into this state, Unix ms. */
  since: count(),
  /** Of the last attempt or link, as long as none is open. */
  lastError: optional(choice(faultNames)),
  /** When it is dialled again, Unix ms. */
  retryAt: optional(count()),
  /** What people of this server did in rooms that it keeps, and it has not decided; `oldestAt` in Unix ms. */
  waiting: optional(view({ acts: count(), rooms: count(), oldestAt: count() })),
  /** Of the link that is open. */
  traffic: optional(
    view({
      /** What waits to be sent. */
      queued: list(view({ priority: choice(framePriorities), frames: count(), bytes: count() }), 8),
      /** How long the oldest of it has waited. */
      lagMs: count(),
      bytesIn: count(),
      bytesOut: count(),
      /** Of the last ping. */
      roundTripMs: optional(count()),
    }),
  ),
});
export type PeerView = Infer<typeof peerView>;

/** A link that this server wanted none of, or that failed before it was one. */
export const peerRefusal = view({
  /** Where it has proven who it is. */
  server: optional(serverId),
  address: line(255),
  fault: choice(faultNames),
  /** How often, and when the last time, Unix ms. */
  times: count(),
  at: count(),
});
export type PeerRefusal = Infer<typeof peerRefusal>;

/** Servers that are reached through this one, and circuits that it passes on. */
const relayed = view({ servers: count(), circuits: count() });

const listing = view({
  peers: list(peerView, 4_096),
  refused: list(peerRefusal, 64),
  relayed: optional(relayed),
  /** The only servers to link with, where the configuration names some. */
  allowed: optional(list(serverId, 1_000)),
});

/** Which of the list one is: its id, or where it is dialled as long as that is not known. */
export const peerKey = ({ id, urls }: Pick<PeerView, 'id' | 'urls'>): string => id ?? urls[0] ?? '';

export const peer = {
  list: request({
    about:
      'Every server that this one is linked with, dials or blocks, or for which something waits, and whom it turned away lately.',
    from: 'operator',
    payload: record({}),
    reply: listing,
  }),
  watch: request({
    about: 'The same, and tells this connection what changes from then on, until it ends or says `peer.unwatch`.',
    from: 'operator',
    payload: record({}),
    reply: listing,
  }),
  unwatch: request({
    about: 'Tells this connection of links no more.',
    from: 'operator',
    payload: record({}),
    reply: view({}),
  }),
  changed: event({
    about:
      'What is new since the last list or event: at once when a link comes or goes, and else within about a second. Fields that are left out are as before.',
    payload: view({
      peers: list(peerView, 64),
      /** Those that are in the list no more: each by its id, or where it was dialled. */
      gone: list(line(255), 64),
      refused: optional(list(peerRefusal, 64)),
      relayed: optional(relayed),
    }),
  }),
  connect: request({
    about: 'Links with the server at an address or of a name from now on; answers when the first attempt is over.',
    from: 'operator',
    rate: 'create',
    payload: record({ url: peerAddress }),
    reply: peerView,
    errors: ['too-many', 'unavailable'],
  }),
  disconnect: request({
    about: 'Dials an address no more. A link that is open stays until it ends.',
    from: 'operator',
    payload: record({ url: peerAddress }),
    reply: view({}),
    errors: ['not-found'],
  }),
  block: request({
    about: 'Ends the link with a server and allows none, in neither direction.',
    from: 'operator',
    rate: 'create',
    payload: record({ server: serverId }),
    reply: view({}),
    errors: ['too-many'],
  }),
  unblock: request({
    about: 'Allows links with a server again.',
    from: 'operator',
    payload: record({ server: serverId }),
    reply: view({}),
    errors: ['not-found'],
  }),
  ...peerRoom,
};
