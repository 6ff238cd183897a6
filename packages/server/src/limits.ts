// Every bound of a running server, with its reason. Sizes of what can be said are in the protocol, of connections in link.
import type { Rate } from '@parley/protocol';
import type { RateLimit } from './bucket.ts';

/** An account's own limit, a guest's, and that of an address, behind which may be an office of a hundred people. */
export interface RateLimits {
  readonly account: RateLimit;
  readonly guest: RateLimit;
  readonly address: RateLimit;
}

const rates: Record<Rate, RateLimits> = {
  /** Opening the app looks into some rooms at once; scrolling asks for a page a second or two. */
  query: {
    account: { burst: 300, perMinute: 1_200 },
    guest: { burst: 100, perMinute: 300 },
    address: { burst: 3_000, perMinute: 12_000 },
  },
  /** Nobody types five lines a second for long, but an outbox is emptied after a journey, and bots report. */
  send: {
    account: { burst: 100, perMinute: 300 },
    guest: { burst: 10, perMinute: 30 },
    address: { burst: 500, perMinute: 1_500 },
  },
  /** Typing is told every few seconds, read markers with every room opened, a ping twice a minute. */
  signal: {
    account: { burst: 60, perMinute: 300 },
    guest: { burst: 30, perMinute: 120 },
    address: { burst: 600, perMinute: 3_000 },
  },
  /**
   * By account this limits guessing of one name's password: 14,400 a day find one of the ten thousand commonest only.
   * By address it lets an office sign in again by token after a restart.
   */
  'sign-in': {
    account: { burst: 10, perMinute: 10 },
    guest: { burst: 5, perMinute: 5 },
    address: { burst: 200, perMinute: 60 },
  },
  /** Rooms, invites and bots are made by hand. */
  create: {
    account: { burst: 30, perMinute: 30 },
    guest: { burst: 3, perMinute: 3 },
    address: { burst: 100, perMinute: 60 },
  },
  /** Each costs up to a megabyte: a sync at every connection, of several devices; a page of an archive, one after another. */
  bulk: {
    account: { burst: 30, perMinute: 120 },
    guest: { burst: 10, perMinute: 20 },
    address: { burst: 300, perMinute: 600 },
  },
};

const fixed = {
  /** Addresses and accounts with a spent bucket: 200 bytes each, so 20 MB for a rate under attack. */
  bucketKeys: 100_000,
  /**
   * Requests of one connection that are answered at a time, one with a long reply counting for 32; the door reads no
   * further until one is done. A bot that sends without waiting fills a commit; four pages of history are 4 MiB.
   */
  requestsInFlight: 128,
  /** The same before sign-in, when requests come one after another. */
  requestsInFlightBeforeSignIn: 16,
  /** Frames of one connection that are taken up before it is the others' turn: a millisecond of work. */
  framesPerTurn: 64,
  /** How long a connection is not read after a request that a rate limit refused: refusing costs work too. */
  tooFastMs: 2,
  /** From connecting to being signed in: a person picks a password from a manager. */
  signInMs: 300_000,
  /** Bytes that one connection has not read: a page of history and some seconds of a busy room; then it is too slow. */
  unreadBytes: 1_048_576,
  /** Other servers linked at a time: each costs two timers and some kilobytes; a network of a thousand is a large one. */
  peers: 1_000,
  /** Addresses that are dialled, put in by hand. */
  peerAddresses: 200,
  /** Other servers that an operator keeps out. */
  peersBlocked: 1_000,
  /** Other servers that one address links with at a time, beside those that are dialled: a firm, a test on one machine. */
  peersPerAddress: 128,
  /** Bytes of all servers together that nobody has dealt with: each link alone may bring 12 MiB. The worst one is ended. */
  peerIncomingBytes: 268_435_456,
  /** Bytes that all servers together have not taken: each link alone may hold 20 MiB. The worst one is ended. */
  peerOutgoingBytes: 268_435_456,
  /** Handshakes with servers that dialled and have not proven who they are: a millisecond of work each. */
  peerHandshakes: 64,
  /** Records of other servers: two kilobytes each in memory and on disk. */
  serverRecords: 10_000,
  /** Of those, what one linked server may have brought: a hostile one crowds out a tenth. */
  serverRecordsShare: 1_000,
  /** The same for a directory, which the operator chose. */
  serverRecordsOfDirectory: 8_000,
  /** Servers of the network that are dialled so that what is public on them is found, though nobody needs them yet. */
  serversSought: 64,
  /** Of those, at a time: each takes up to ten seconds where nobody answers. */
  serversDialled: 8,
  /** Names of servers that are held: one for each record, and what DNS proved before. */
  serverNames: 20_000,
  /** Frames of one other server that are taken a second, and bytes: a busy room has ten, the work for one is 0.2 ms. */
  peerFramesPerSecond: 5_000,
  peerBytesPerSecond: 16_777_216,
  /** Acts that one other server hands in for one room a second: a batch takes ten milliseconds; it has an outbox of 10,000. */
  peerActsPerSecond: 500,
  /** Ephemeral channels that people of this server listen to: half of what it may want over one link. */
  channels: 1_024,
  /** Of those, by one account with all its connections: whoever listens to more reads none. */
  channelsPerAccount: 50,
  /** The same for a guest, of whom there may be many. */
  channelsPerGuest: 5,
  /** Senders in channels whose numbers are remembered: 300 bytes each. */
  channelSenders: 20_000,
  /** Words in channels that are known again when they come another way: 150 bytes each. */
  channelSeen: 50_000,
  /** And for how long: a frame that waits longer on its way is lost with its link. */
  channelSeenMs: 600_000,
  /** Words that people of this server say in one channel a second: more than anybody reads. */
  channelWordsPerSecond: 20,
  /** Words in channels that one link brings a second: each costs a signature check of 0.2 ms. */
  peerChannelWordsPerSecond: 100,
  /** How often a second one link may say what it wants to hear: an honest one does so ten times. */
  peerInterestFramesPerSecond: 40,
  /** Other servers of which one connection is told: as many as a client remembers. */
  serversWatched: 1_000,
  /** Keys to which messages come on one connection. */
  keysPerConnection: 4,
  /** Messages to keys that wait to be opened: 14 KB each, for five seconds. */
  keyDeliveries: 1_000,
  /** Searches for keys that are remembered for a minute: 500 bytes each. */
  keySearches: 5_000,
  /** Questions about keys that one link may ask a second: each is asked on every other link. */
  peerKeyQuestionsPerSecond: 10,
  /** Servers that may be reached through this one: each costs a link, which it has anyway. */
  relayPlaces: 256,
  /** Circuits that are passed on: each holds 512 KiB at worst, and mostly nothing. */
  relayCircuits: 1_024,
  /** Of those, what one server may be an end of: a busy one at home has rooms with as many others. */
  relayCircuitsOfServer: 128,
  /** Bytes that are passed on in a second: half of a line of 100 Mbit/s. */
  relayBytesPerSecond: 6_291_456,
  /** Of those, what one server may send. */
  relayBytesPerSecondOfServer: 2_097_152,
  /** Circuits that come here through one relay. */
  circuitsThroughRelay: 256,
  /** Bytes of all circuits that wait for room on a link. The worst circuit is ended. */
  circuitBytes: 67_108_864,
  /** A server that stops finishes what is under way within this; longer, and its supervisor kills it. */
  drainMs: 10_000,
} as const;

export interface Limits extends Readonly<Record<keyof typeof fixed, number>> {
  readonly rates: Readonly<Record<Rate, RateLimits>>;
  readonly connections: number;
  readonly loadedRooms: number;
}

/** What may differ from server to server; see `config.ts`. */
export interface LimitsOverrides {
  /** Multiplies every rate: above 1 for bots and for benchmarks, below 1 for a small machine. */
  readonly rateFactor: number;
  readonly connections: number;
  readonly loadedRooms: number;
}

type PerSecond = Extract<keyof typeof fixed, `${string}PerSecond`>;

export function createLimits({ rateFactor, connections, loadedRooms }: LimitsOverrides): Limits {
  const scaled = ({ burst, perMinute }: RateLimit): RateLimit => ({
    burst: Math.max(1, Math.round(burst * rateFactor)),
    perMinute: perMinute * rateFactor,
  });
  const entries = Object.entries(rates).map(([rate, { account, guest, address }]) => [
    rate,
    { account: scaled(account), guest: scaled(guest), address: scaled(address) },
  ]);
  const perSecond = (name: PerSecond): number => fixed[name] * rateFactor;
  return {
    ...fixed,
    peerFramesPerSecond: perSecond('peerFramesPerSecond'),
    peerBytesPerSecond: perSecond('peerBytesPerSecond'),
    peerActsPerSecond: perSecond('peerActsPerSecond'),
    channelWordsPerSecond: perSecond('channelWordsPerSecond'),
    peerChannelWordsPerSecond: perSecond('peerChannelWordsPerSecond'),
    peerKeyQuestionsPerSecond: perSecond('peerKeyQuestionsPerSecond'),
    rates: Object.fromEntries(entries) as Limits['rates'],
    connections,
    loadedRooms,
  };
}
