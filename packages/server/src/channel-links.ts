/**
 * Channels over the links to other servers: what is said here is signed and goes to every linked server that wants to
 * hear it or leads to one that does; what comes from there is believed when the sender's server has signed it, goes on
 * the same way, never back, and is told here once. All of it is in memory, and none of it in a log.
 */
import {
  type ChannelReach,
  type ChannelWords,
  channelHops,
  channelWordsBytes,
  type FramePayload,
  idBytes,
  Refusal,
  serverOf,
  limits as sizes,
} from '@parley/protocol';
import type { Crypto } from '@parley/room';
import { Buckets } from './bucket.ts';
import { Gossip } from './channel-gossip.ts';
import { Interest } from './channel-interest.ts';
import { Order } from './channel-order.ts';
import { Seen } from './channel-seen.ts';
import type { Peers } from './federation/peers.ts';
import type { Limits } from './limits.ts';
import type { Runtime } from './runtime.ts';

export interface ChannelLinksOptions {
  readonly peers: Pick<Peers, 'send' | 'onFrame' | 'whenLinked' | 'whenLost' | 'whenRoom' | 'isLinked' | 'mayLink'>;
  readonly crypto: Crypto;
  readonly runtime: Runtime;
  readonly limits: Pick<
    Limits,
    | 'peers'
    | 'channelSenders'
    | 'channelSeen'
    | 'channelSeenMs'
    | 'peerChannelWordsPerSecond'
    | 'peerInterestFramesPerSecond'
  >;
  readonly id: string;
  readonly network: string;
  /** Channels that somebody here listens to. */
  readonly here: { has(channel: string): boolean; keys(): Iterable<string> };
  /** Somebody of another server said something in a channel to which somebody here listens. */
  readonly heard: (said: ChannelWords) => void;
  /** Other servers are reached in a channel than before. */
  readonly reached: (channel: string) => void;
}

/** Why words of another server went no further. */
export type Dropped = 'seen' | 'limited' | 'late' | 'unwelcome' | 'unwanted' | 'own' | 'crowded';

/** So much of what one link may bring in a second may come at once. */
const burst = 5;
/** Of what one link may bring, what one channel may. */
const channelShare = 0.5;

export class ChannelLinks {
  /** How often words went no further, by the reason. */
  readonly dropped: Record<Dropped, number> = {
    seen: 0,
    limited: 0,
    late: 0,
    unwelcome: 0,
    unwanted: 0,
    own: 0,
    crowded: 0,
  };
  readonly #options: ChannelLinksOptions;
  readonly #interest: Interest;
  readonly #gossip: Gossip;
  readonly #seen: Seen;
  readonly #order: Order;
  readonly #perLink: Buckets;
  readonly #perChannel: Buckets;
  readonly #interestRate: Buckets;

  constructor(options: ChannelLinksOptions) {
    const { peers, runtime, limits, here } = options;
    this.#options = options;
    this.#interest = new Interest(options.id);
    this.#seen = new Seen({ most: limits.channelSeen, forMs: limits.channelSeenMs, runtime });
    this.#order = new Order(limits.channelSenders);
    this.#perLink = this.#buckets(limits.peerChannelWordsPerSecond, limits.peers);
    this.#perChannel = this.#buckets(limits.peerChannelWordsPerSecond * channelShare, limits.channelSenders);
    this.#interestRate = this.#buckets(limits.peerInterestFramesPerSecond, limits.peers);
    this.#gossip = new Gossip({
      runtime,
      interest: this.#interest,
      id: options.id,
      here,
      send: (server, payload) => peers.send(server, 'interest', payload, { priority: 'control', flow: 'interest' }),
    });
    peers.onFrame('interest', (from, payload) => this.#wants(from, payload), { flow: () => 'interest' });
    peers.onFrame('ephemeral', (from, payload) => this.#said(from, payload), {
      flow: ({ words }) => flowOf(words.channel),
    });
    peers.whenLinked((server) => this.#gossip.linked(server));
    peers.whenLost((server) => this.#lost(server));
    peers.whenRoom((server) => this.#gossip.room(server));
  }

  /** Somebody here listens to a channel now, or nobody any more. */
  changed(channel: string): void {
    this.#gossip.changed(channel);
  }

  /** Other servers on which somebody listens, the nearest first. */
  reach(channel: string): ChannelReach['servers'] {
    return this.#interest.targets(channel).slice(0, sizes.channelServers);
  }

  /** Somebody here says something: it goes to all who want it. */
  say(said: Omit<ChannelWords, 'id'>): void {
    const { crypto, network, runtime, id } = this.#options;
    if (this.#interest.links(said.channel, id, channelHops).length === 0) return;
    const words = { ...said, id: runtime.randomBytes(16) };
    const signature = crypto.sign(channelWordsBytes(network, words));
    this.#pass({ words, signature, hops: channelHops }, undefined);
  }

  close(): void {
    this.#gossip.close();
  }

  #buckets(perSecond: number, maxKeys: number): Buckets {
    const { elapsed } = this.#options.runtime;
    return new Buckets({ burst: burst * perSecond, perMinute: 60 * perSecond, maxKeys, elapsed });
  }

  async #wants(from: string, { channels }: FramePayload<'interest'>): Promise<void> {
    const { peers, runtime } = this.#options;
    const taken = this.#interestRate.take(from);
    if (!taken.ok) await passed(runtime, taken.retryAfterMs);
    if (!peers.isLinked(from)) return;
    for (const { name, servers } of channels) {
      if (!this.#interest.set(from, name, servers)) continue;
      this.#gossip.changed(name);
      this.#options.reached(name);
    }
  }

  #lost(server: string): void {
    this.#gossip.lost(server);
    for (const channel of this.#interest.drop(server)) {
      this.#gossip.changed(channel);
      this.#options.reached(channel);
    }
  }

  /** Throws Refusal('bad-frame') for what no honest server passes on. */
  #said(from: string, frame: FramePayload<'ephemeral'>): void {
    const { words, signature } = frame;
    if (words.id.length !== 16 || words.run.length !== 8) throw new Refusal('bad-frame');
    const { user, channel } = words;
    const server = serverOf(user);
    // A server draws ids for words of its own: nobody can use up those of another.
    const key = `${server} ${words.id.toHex()}`;
    const why = this.#refuses(from, frame, key);
    if (why) {
      this.dropped[why] += 1;
      return;
    }
    const { crypto, network, here, heard } = this.#options;
    if (!crypto.verify(idBytes(server), channelWordsBytes(network, words), signature)) throw new Refusal('bad-frame');
    this.#seen.add(key);
    if (!this.#order.take(channel, { user, run: words.run.toHex(), seq: words.seq })) {
      this.dropped.late += 1;
      return;
    }
    if (frame.hops > 1) this.#pass({ ...frame, hops: frame.hops - 1 }, from);
    if (here.has(channel)) heard(words);
  }

  /** Why a frame goes no further, as far as that is seen without looking at its signature. */
  #refuses(from: string, { words: { user, channel }, hops }: FramePayload<'ephemeral'>, key: string) {
    const { id, peers, here } = this.#options;
    const server = serverOf(user);
    if (this.#seen.has(key)) return 'seen';
    if (!this.#perChannel.take(`${channel} ${from}`).ok || !this.#perLink.take(from).ok) return 'limited';
    if (server === id) return 'own';
    if (!peers.mayLink(server)) return 'unwelcome';
    const onward = this.#interest.links(channel, server, hops - 1);
    const isWanted = here.has(channel) || onward.some((link) => link !== from);
    return isWanted ? undefined : 'unwanted';
  }

  /** To every server that leads to a listener within the hops that are left. */
  #pass(frame: FramePayload<'ephemeral'>, from: string | undefined): void {
    const { channel, user } = frame.words;
    const options = { priority: 'message', flow: flowOf(channel) } as const;
    for (const link of this.#interest.links(channel, serverOf(user), frame.hops)) {
      if (link === from) continue;
      if (!this.#options.peers.send(link, 'ephemeral', frame, options)) this.dropped.crowded += 1;
    }
  }
}

/** No room's id begins like this. */
const flowOf = (channel: string): string => `~${channel}`;

function passed(runtime: Pick<Runtime, 'setTimer'>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  runtime.setTimer(resolve, ms);
  return promise;
}
