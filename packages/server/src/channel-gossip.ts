/**
 * Tells every linked server what is wanted over its link: channels that somebody here listens to, and those that other
 * links want, as far as they reach. Only changes are told, so many at a time and no more often than ten times a second,
 * whatever others do. What is said of a server that has gone grows by a link on each way round, and ends at the limit.
 */
import { channelLimits, type FramePayload } from '@parley/protocol';
import type { Interest, Target } from './channel-interest.ts';
import type { Runtime } from './runtime.ts';

const everyMs = 100;
const { interestPerFrame, interestPerLink, interestServers } = channelLimits;
/** Of one link, for channels to which only others listen, but for the last frame: half is for those of this server. */
const mostForOthers = interestPerLink / 2 - interestPerFrame;

export interface GossipOptions {
  readonly runtime: Pick<Runtime, 'elapsed' | 'setTimer' | 'turnEnd'>;
  readonly interest: Interest;
  readonly id: string;
  /** Channels that somebody here listens to. */
  readonly here: { has(channel: string): boolean; keys(): Iterable<string> };
  /** Queues a frame; false when there is no room. */
  readonly send: (server: string, payload: FramePayload<'interest'>) => boolean;
}

/** What the other side of a link believes that is wanted of it. */
interface Told {
  /** The servers with listeners, as one text. */
  readonly channels: Map<string, string>;
  /** Channels of those to which only others listen. */
  readonly forOthers: Set<string>;
  /** What it has to be told, as it is new or had no room for it. */
  readonly waiting: Set<string>;
}

/** Of one channel, for each link. */
type Wanted = (link: string) => readonly Target[];

export class Gossip {
  readonly #options: GossipOptions;
  readonly #told = new Map<string, Told>();
  /** What has to be looked at for every link. */
  readonly #changed = new Set<string>();
  #cancel: (() => void) | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: GossipOptions) {
    this.#options = options;
  }

  linked(link: string): void {
    const { here, interest } = this.#options;
    const waiting = new Set(here.keys());
    for (const channel of interest.channels()) {
      if (waiting.size >= interestPerLink) break;
      waiting.add(channel);
    }
    this.#told.set(link, { channels: new Map(), forOthers: new Set(), waiting });
    this.#soon();
  }

  lost(link: string): void {
    this.#told.delete(link);
  }

  /** Somebody else listens, or nobody any more, here or behind a link. */
  changed(channel: string): void {
    this.#changed.add(channel);
    this.#soon();
  }

  /** A link that had no room has some again. */
  room(link: string): void {
    if ((this.#told.get(link)?.waiting.size ?? 0) > 0) this.#soon();
  }

  close(): void {
    this.#cancel?.();
  }

  #soon(): void {
    if (this.#cancel) return;
    const { runtime } = this.#options;
    const waitMs = this.#toldAt + everyMs - runtime.elapsed();
    const tell = (): void => this.#tell();
    this.#cancel = waitMs > 0 ? runtime.setTimer(tell, waitMs) : runtime.turnEnd(tell);
  }

  #tell(): void {
    this.#cancel = undefined;
    this.#toldAt = this.#options.runtime.elapsed();
    const changed = take(this.#changed).map((name): [string, Wanted] => [name, this.#wanted(name)]);
    let isMore = this.#changed.size > 0;
    for (const [link, told] of this.#told) {
      if (!this.#tellOne(link, told, changed)) continue;
      const waiting = take(told.waiting).map((name): [string, Wanted] => [name, this.#wanted(name)]);
      if (this.#tellOne(link, told, waiting) && told.waiting.size > 0) isMore = true;
    }
    if (isMore) this.#soon();
  }

  #wanted(name: string): Wanted {
    const { here, interest, id } = this.#options;
    const others = interest.forLinks(name);
    if (!here.has(name)) return others;
    return (link) => [{ id, hops: 0 }, ...others(link).slice(0, interestServers - 1)];
  }

  /** False when the link has no room: it is told when it has. */
  #tellOne(link: string, told: Told, wanted: readonly [string, Wanted][]): boolean {
    const channels: FramePayload<'interest'>['channels'] = [];
    for (const [name, wantedOf] of wanted) {
      const servers = this.#allowed(name, told, wantedOf(link));
      if (textOf(servers) !== (told.channels.get(name) ?? '')) channels.push({ name, servers: [...servers] });
    }
    if (channels.length === 0) return true;
    if (!this.#options.send(link, { channels })) {
      for (const { name } of channels) if (told.waiting.size < 2 * interestPerLink) told.waiting.add(name);
      return false;
    }
    for (const { name, servers } of channels) this.#note(told, name, servers);
    return true;
  }

  #allowed(name: string, { forOthers }: Told, servers: readonly Target[]): readonly Target[] {
    if (this.#options.here.has(name) || forOthers.has(name) || forOthers.size < mostForOthers) return servers;
    return [];
  }

  #note({ channels, forOthers }: Told, name: string, servers: readonly Target[]): void {
    if (servers.length === 0) channels.delete(name);
    else channels.set(name, textOf(servers));
    if (servers.length === 0 || this.#options.here.has(name)) forOthers.delete(name);
    else forOthers.add(name);
  }
}

const textOf = (servers: readonly Target[]): string => servers.map(({ id, hops }) => `${id} ${hops}`).join();

/** Takes out as many as one frame holds. */
function take(names: Set<string>): string[] {
  const taken: string[] = [];
  for (const name of names) {
    if (taken.length >= interestPerFrame) break;
    taken.push(name);
  }
  for (const name of taken) names.delete(name);
  return taken;
}
