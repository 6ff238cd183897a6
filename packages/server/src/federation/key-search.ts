/**
 * Messages to a key across servers. Who sends has the linked servers asked, and those behind them, where the key is
 * signed in; each remembers for a while which of its links said yes, and the message goes that way. A server says yes
 * only when a connection listens there now. Nothing of it is stored or logged.
 */
import { keyHops, type QuestionPayload, type QuestionReply, Refusal, toBase32 } from '@parley/protocol';
import { Buckets } from '../bucket.ts';
import type { KeyListeners } from '../key-listeners.ts';
import type { Limits } from '../limits.ts';
import { Lru } from '../lru.ts';
import type { Runtime } from '../runtime.ts';
import { Ways } from './key-ways.ts';
import type { Peers } from './peers.ts';

export interface KeySearchOptions {
  readonly peers: Pick<Peers, 'ask' | 'onAsk' | 'linked'>;
  readonly listeners: KeyListeners;
  readonly runtime: Pick<Runtime, 'elapsed' | 'randomBytes' | 'random'>;
  readonly limits: Pick<Limits, 'peers' | 'keySearches' | 'peerKeyQuestionsPerSecond'>;
}

interface Search {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  /** Servers that asked and were told yes: from nobody else a message is taken. */
  readonly askers: Set<string>;
  readonly ways: Ways;
  isHere: boolean;
  /** On the steady clock; each message that goes this way makes it last. */
  usedAt: number;
}

interface Message {
  readonly id: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A search that led somewhere is good for the answers to what was said. */
const searchMs = 60_000;
/** For each link that a question may still pass: around the world and back. */
const hopMs = 400;
/** Longer than any acknowledgement takes on its way back. */
const deliverMs = 12_000;
/** Links that are asked in one search. */
const mostAsked = 256;
/** Ways that one message goes, when a key is signed in at several places. */
const mostWays = 3;
/** So much of what one link may ask in a second may come at once. */
const burst = 10;

export class KeySearch {
  readonly #options: KeySearchOptions;
  readonly #searches: Lru<string, Search>;
  /** The last search of this server that found a key. */
  readonly #found: Lru<string, Search>;
  /** Messages that were handed out here: one that comes two ways is handed out once. */
  readonly #handed: Lru<string, Promise<number>>;
  readonly #rate: Buckets;

  constructor(options: KeySearchOptions) {
    const { peers, limits, runtime } = options;
    this.#options = options;
    this.#searches = new Lru(limits.keySearches);
    this.#found = new Lru(limits.keySearches);
    this.#handed = new Lru(limits.keySearches);
    const perSecond = limits.peerKeyQuestionsPerSecond;
    this.#rate = new Buckets({
      burst: burst * perSecond,
      perMinute: 60 * perSecond,
      maxKeys: 4 * limits.peers,
      elapsed: runtime.elapsed,
    });
    peers.onAsk('findKey', (from, asked) => this.#asked(from, asked));
    peers.onAsk('deliverToKey', (from, asked) => this.#passOn(from, asked));
  }

  /**
   * Hands a sealed message to whoever is signed in with a key; resolves with the time when it was opened. Refuses with
   * `nobody-there`, or `unavailable` where that is not sure. `charge` is called before others are asked, and may refuse.
   */
  async send(key: Uint8Array, sealed: Uint8Array, charge: () => void): Promise<number> {
    const { listeners, runtime } = this.#options;
    const message = { id: runtime.randomBytes(16), sealed };
    if (listeners.isHeld(key)) {
      const at = await unlessRefused(this.#hand(key, message));
      if (at !== undefined) return at;
    }
    const name = toBase32(key);
    const known = this.#found.get(name);
    if (known && this.#isFresh(known)) {
      const at = await unlessRefused(this.#along(known, message));
      if (at !== undefined) return at;
    }
    charge();
    const search = this.#begin(runtime.randomBytes(16), key);
    this.#look(search, keyHops, undefined);
    const at = await this.#along(search, message);
    this.#found.set(name, search);
    return at;
  }

  async #asked(from: string, { search: id, key, hops }: QuestionPayload<'findKey'>): Promise<QuestionReply<'findKey'>> {
    this.#charge(from);
    if (id.length !== 16 || key.length !== 32) throw new Refusal('bad-request');
    const known = this.#searches.get(id.toHex());
    if (known && this.#isFresh(known)) {
      // Who asked first has the way through here; for another one it leads in a circle.
      if (known.isHere) known.askers.add(from);
      return { found: known.isHere };
    }
    const search = this.#begin(id, key);
    search.isHere = this.#options.listeners.isHeld(key);
    if (!search.isHere && hops > 1) this.#look(search, hops - 1, from);
    const found = search.isHere || (await search.ways.isAny());
    if (found) search.askers.add(from);
    return { found };
  }

  async #passOn(
    from: string,
    { search: id, message, key, sealed }: QuestionPayload<'deliverToKey'>,
  ): Promise<QuestionReply<'deliverToKey'>> {
    this.#charge(from);
    if (message.length !== 16) throw new Refusal('bad-request');
    const search = this.#searches.get(id.toHex());
    if (!search || !this.#isFresh(search) || !search.askers.has(from) || toBase32(key) !== toBase32(search.key))
      throw new Refusal('nobody-there');
    const given = { id: message, sealed };
    return { deliveredAt: await (search.isHere ? this.#hand(key, given) : this.#along(search, given)) };
  }

  #charge(from: string): void {
    const taken = this.#rate.take(from);
    if (!taken.ok) throw new Refusal('too-fast', { retryAfterMs: taken.retryAfterMs });
  }

  #isFresh({ usedAt }: Search): boolean {
    return this.#options.runtime.elapsed() - usedAt < searchMs;
  }

  #begin(id: Uint8Array, key: Uint8Array): Search {
    const usedAt = this.#options.runtime.elapsed();
    const search = { id, key, askers: new Set<string>(), ways: new Ways(), isHere: false, usedAt };
    this.#searches.set(id.toHex(), search);
    return search;
  }

  /** Asks the links, but for the one that asked. */
  #look({ id, key, ways }: Search, hops: number, from: string | undefined): void {
    const { peers, runtime } = this.#options;
    const links = peers.linked().filter((server) => server !== from);
    const asked = links.length > mostAsked ? some(links, mostAsked, runtime.random) : links;
    const options = { priority: 'message', flow: 'key', timeoutMs: (hops + 1) * hopMs } as const;
    for (const server of asked) {
      const answer = peers.ask(server, 'findKey', { search: id, key, hops }, options);
      ways.ask(
        answer.then(({ found }) => found),
        server,
      );
    }
  }

  #along(search: Search, { id: message, sealed }: Message): Promise<number> {
    const { peers, runtime } = this.#options;
    const { id, key, ways } = search;
    search.usedAt = runtime.elapsed();
    const options = { priority: 'message', flow: 'key', timeoutMs: deliverMs } as const;
    return ways.first(async (server) => {
      const reply = await peers.ask(server, 'deliverToKey', { search: id, message, key, sealed }, options);
      return reply.deliveredAt;
    }, mostWays);
  }

  /** To those who listen here, once. */
  #hand(key: Uint8Array, { id, sealed }: Message): Promise<number> {
    const name = id.toHex();
    const handed = this.#handed.get(name);
    if (handed) return handed;
    const delivered = this.#options.listeners.deliver(key, sealed);
    this.#handed.set(name, delivered);
    delivered.catch(() => this.#handed.delete(name));
    return delivered;
  }
}

async function unlessRefused(delivered: Promise<number>): Promise<number | undefined> {
  try {
    return await delivered;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** So many of a list, by chance. */
function some<T>(list: readonly T[], most: number, random: () => number): T[] {
  const rest = [...list];
  return Array.from({ length: most }, () => rest.splice(Math.floor(random() * rest.length), 1)[0]!);
}
