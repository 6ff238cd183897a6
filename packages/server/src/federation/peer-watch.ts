/**
 * The links as operators see them, and who of them looks on: each is told what changed since it was told last. Links
 * that come and go are told at once; queues, lag and attempts are looked at once a second, and only while somebody does.
 */
import { type Payload, type PeerView, peerKey, type Reply } from '@parley/protocol';
import type { Hub } from '../hub.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { Session } from '../session.ts';
import type { Store } from '../store/store.ts';
import type { Names } from './names.ts';
import type { Nat } from './nat.ts';
import type { Peers } from './peers.ts';

export interface PeerWatchOptions {
  readonly peers: Pick<Peers, 'list' | 'refused' | 'whenLinked' | 'whenLost'>;
  readonly names: Pick<Names, 'stateOf' | 'nameOf'>;
  readonly nat: Pick<Nat, 'relayed'>;
  readonly store: Pick<Store, 'outbox'>;
  readonly hub: Pick<Hub, 'all' | 'whenOut'>;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
  /** The only servers to link with, where the configuration names some. */
  readonly allowed?: readonly string[] | undefined;
}

type Listing = Reply<'peer.list'>;
type Changes = Payload<'peer.changed'>;

const lookMs = 1_000;
/** Of one event: some tens of kilobytes. */
const most = 64;

export class PeerWatch {
  readonly #options: PeerWatchOptions;
  readonly #sessions = new Set<Session>();
  /** What everybody who looks on was told last. */
  #told: Listing | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #isDue = false;
  #cancel: (() => void) | undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    options.hub.whenOut((session) => this.unwatch(session));
    options.peers.whenLinked(() => this.look());
    options.peers.whenLost(() => this.look());
  }

  /** A peer with what is known of the name that it claims. */
  named(peer: PeerView): PeerView {
    const { id, name } = peer;
    const nameState = id === undefined || name === undefined ? undefined : this.#options.names.stateOf(id, name);
    return nameState === undefined ? peer : { ...peer, nameState };
  }

  async list(): Promise<Listing> {
    const { peers, nat, store, allowed = [] } = this.#options;
    const waiting = new Map((await store.outbox.totals()).map(({ clerk, ...rest }) => [clerk, rest]));
    const shown = peers.list().map((peer) => {
      const waits = peer.id === undefined ? undefined : waiting.get(peer.id);
      if (peer.id !== undefined) waiting.delete(peer.id);
      return { ...this.named(peer), ...(waits && { waiting: waits }) };
    });
    return {
      peers: [...shown, ...[...waiting].map(([id, waits]) => this.#known(id, waits))],
      refused: peers.refused(),
      relayed: nat.relayed,
      ...(allowed.length > 0 && { allowed: [...allowed] }),
    };
  }

  /** The same, and what changes from then on. */
  watch(session: Session): Promise<Listing> {
    return this.#inTurn(async () => {
      const listing = await this.#tell();
      if (!this.#options.hub.all.has(session)) return listing;
      this.#told = listing;
      this.#sessions.add(session);
      this.#cancel ??= this.#options.runtime.setTimer(() => this.#tick(), lookMs);
      return listing;
    });
  }

  unwatch(session: Session): void {
    if (!this.#sessions.delete(session) || this.#sessions.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#told = undefined;
  }

  /** Something has changed: tells those who look on. */
  look(): void {
    if (this.#sessions.size === 0 || this.#isDue) return;
    this.#isDue = true;
    this.#inTurn(() => {
      this.#isDue = false;
      return this.#tell();
    }).catch((error) => this.#options.log.error({ error }, 'links could not be shown'));
  }

  /** Resolves when nothing is read any more; to be called when nobody is connected. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  #tick(): void {
    this.#cancel = this.#options.runtime.setTimer(() => this.#tick(), lookMs);
    this.look();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#looking.then(work);
    this.#looking = done.catch(() => undefined);
    return done;
  }

  async #tell(): Promise<Listing> {
    const listing = await this.list();
    const before = this.#told;
    if (!before || this.#sessions.size === 0) return listing;
    this.#told = listing;
    for (const changes of changesOf(before, listing))
      for (const session of [...this.#sessions])
        if (session.who && session.who.person.serverRole !== 'user') session.send('peer.changed', changes);
        else this.unwatch(session);
    return listing;
  }

  /** One that is neither linked nor dialled by hand, but keeps rooms in which something waits for it. */
  #known(id: string, waiting: NonNullable<PeerView['waiting']>): PeerView {
    const held = this.#options.names.nameOf(id);
    const nameState = held?.verified ? 'verified' : 'unverified';
    const name = held ? ({ name: held.name, nameState } as const) : {};
    return { id, ...name, urls: [], state: 'waiting', since: waiting.oldestAt, waiting };
  }
}

/** What is new, in events of bounded size; none where nothing is. */
function changesOf(before: Listing, now: Listing): Changes[] {
  const known = new Map(before.peers.map((peer) => [peerKey(peer), JSON.stringify(peer)]));
  const changed = now.peers.filter((peer) => known.get(peerKey(peer)) !== JSON.stringify(peer));
  for (const peer of now.peers) known.delete(peerKey(peer));
  const gone = [...known.keys()];
  const more = {
    ...(isSame(before.refused, now.refused) ? {} : { refused: now.refused }),
    ...(isSame(before.relayed, now.relayed) ? {} : { relayed: now.relayed }),
  };
  const events: Changes[] = [];
  for (let at = 0; at < Math.max(changed.length, gone.length); at += most)
    events.push({ peers: changed.slice(at, at + most), gone: gone.slice(at, at + most) });
  if (events.length === 0 && Object.keys(more).length > 0) events.push({ peers: [], gone: [] });
  if (events[0]) Object.assign(events[0], more);
  return events;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
