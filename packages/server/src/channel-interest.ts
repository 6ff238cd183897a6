/**
 * On which servers somebody listens to which channel, as the linked servers tell: each names the nearest few that lie
 * behind it. That they are named, and not only counted, shows what comes back in a circle: words that only their own
 * speaker would hear.
 */
import { channelHops, channelLimits } from '@parley/protocol';

/** A server with listeners. */
export interface Target {
  readonly id: string;
  /** Links to there. */
  readonly hops: number;
}

/** The best two links to a target. */
interface Ways {
  readonly id: string;
  best: { readonly link: string; readonly hops: number };
  other: { readonly link: string; readonly hops: number } | undefined;
}

const byHops = (a: Target, b: Target): number => a.hops - b.hops || (a.id < b.id ? -1 : 1);

export class Interest {
  readonly #own: string;
  readonly #perLink: number;
  /** By channel and link, as seen from here. */
  readonly #wanted = new Map<string, Map<string, readonly Target[]>>();
  readonly #count = new Map<string, number>();

  /** @param own the id of this server; @param perLink channels that one link may want */
  constructor(own: string, perLink: number = channelLimits.interestPerLink) {
    this.#own = own;
    this.#perLink = perLink;
  }

  /** Everything that is wanted by anybody. */
  channels(): Iterable<string> {
    return this.#wanted.keys();
  }

  /** A link tells where somebody listens behind it, hops as seen from there; nowhere ends it. Returns whether it may. */
  set(link: string, channel: string, told: readonly Target[]): boolean {
    const targets = told
      .filter(({ id, hops }) => id !== this.#own && hops < channelHops)
      .map(({ id, hops }) => ({ id, hops: hops + 1 }));
    const wanted = this.#wanted.get(channel);
    const isKnown = wanted?.has(link) ?? false;
    if (targets.length === 0) {
      if (isKnown) this.#remove(link, channel);
      return true;
    }
    const count = this.#count.get(link) ?? 0;
    if (!isKnown && count >= this.#perLink) return false;
    if (!isKnown) this.#count.set(link, count + 1);
    if (wanted) wanted.set(link, targets);
    else this.#wanted.set(channel, new Map([[link, targets]]));
    return true;
  }

  /** A server is no longer linked. Returns what it wanted. */
  drop(link: string): string[] {
    const channels = [...this.#wanted].filter(([, by]) => by.has(link)).map(([channel]) => channel);
    for (const channel of channels) this.#remove(link, channel);
    return channels;
  }

  /** Links that lead to a listener within so many hops, for words of somebody of a server. */
  links(channel: string, speaker: string, hops: number): string[] {
    const found: string[] = [];
    for (const [link, targets] of this.#wanted.get(channel) ?? [])
      if (link !== speaker && targets.some((target) => target.id !== speaker && target.hops <= hops)) found.push(link);
    return found;
  }

  /** Other servers with listeners, the nearest first. */
  targets(channel: string): Target[] {
    return this.#ways(channel).map(({ id, best }) => ({ id, hops: best.hops }));
  }

  /** What each link may be told of a channel: targets that are neither it nor behind it, the nearest first. */
  forLinks(channel: string): (link: string) => Target[] {
    const ways = this.#ways(channel);
    return (link) => {
      const told: Target[] = [];
      for (const { id, best, other } of ways) {
        if (told.length >= channelLimits.interestServers) break;
        const way = best.link === link ? other : best;
        if (id !== link && way && way.hops < channelHops) told.push({ id, hops: way.hops });
      }
      return told.sort(byHops);
    };
  }

  #ways(channel: string): Ways[] {
    const ways = new Map<string, Ways>();
    for (const [link, targets] of this.#wanted.get(channel) ?? [])
      for (const { id, hops } of targets) {
        const known = ways.get(id);
        const way = { link, hops };
        if (!known) ways.set(id, { id, best: way, other: undefined });
        else if (hops < known.best.hops) {
          known.other = known.best;
          known.best = way;
        } else if (hops < (known.other?.hops ?? Number.POSITIVE_INFINITY)) known.other = way;
      }
    return [...ways.values()].sort((a, b) => a.best.hops - b.best.hops || (a.id < b.id ? -1 : 1));
  }

  #remove(link: string, channel: string): void {
    const wanted = this.#wanted.get(channel);
    wanted?.delete(link);
    if (wanted?.size === 0) this.#wanted.delete(channel);
    const count = (this.#count.get(link) ?? 1) - 1;
    if (count > 0) this.#count.set(link, count);
    else this.#count.delete(link);
  }
}
