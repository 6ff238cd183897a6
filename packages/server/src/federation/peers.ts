/**
 * The links to other servers: has the addresses dialled that are to be, takes in those who dial, keeps one link with
 * each server, and carries what the parts of the federation say over it. A server is known by its key; the first that
 * answers at an address is the one expected there from then on.
 */
import type { Dial, Link } from '@parley/link';
import {
  encodeFederationFrame,
  type FramePayload,
  federationVersion,
  type PeerFault,
  type PeerRefusal,
  type PeerView,
  type QuestionName,
  type QuestionPayload,
  type QuestionReply,
  type QuestionType,
  Refusal,
} from '@parley/protocol';
import type { Identity } from '../identity.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { PeerStore } from '../store/peer.ts';
import { Admission, type AdmissionOptions, closeReasons, type OwnFault } from './admission.ts';
import type { AskOptions } from './asks.ts';
import { Dialler, type DialName } from './dialler.ts';
import { Exchange, type PartFrameName, type TakeOptions } from './exchange.ts';
import { LinkListeners } from './link-listeners.ts';
import { faultOf } from './peer-fault.ts';
import { type Hello, PeerSession } from './peer-session.ts';
import { type Address, PeerTable, wins } from './peer-table.ts';
import { maxPieceBytes } from './pieces.ts';
import type { FrameOptions, Priority } from './priority.ts';
import { createQuotas, type QuotaLimits, type Quotas } from './quotas.ts';
import { newStaticKey, type SecureLink, type SecureLinkOptions, secureAccepted, secureDialled } from './secure-link.ts';

export type PeerLimits = AdmissionOptions['limits'] & QuotaLimits & Pick<Limits, 'peerAddresses' | 'peersBlocked'>;

export interface PeersOptions {
  readonly identity: Identity;
  readonly network: string;
  /** The name that this server claims. */
  readonly name: string;
  readonly store: PeerStore;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly limits: PeerLimits;
  /** How an address is dialled; without it none is. */
  readonly dial?: ((url: string) => Dial) | undefined;
  readonly dialName?: DialName | undefined;
  /** Addresses that the configuration names. */
  readonly configured: readonly string[];
  /** The only servers to link with; empty or left out, all but the blocked. */
  readonly allowed?: readonly string[] | undefined;
  /** Those of the protocol unless given. */
  readonly questions?: Readonly<Record<string, QuestionType>> | undefined;
}

export class Peers {
  readonly #options: PeersOptions;
  readonly #secure: SecureLinkOptions;
  readonly #hello: Hello;
  readonly #table: PeerTable;
  readonly #admission: Admission;
  readonly #quotas: Quotas;
  readonly #dialler: Dialler;
  readonly #exchange: Exchange;
  readonly #whenLinked: LinkListeners;
  readonly #whenLost: LinkListeners;
  readonly #whenRoom: LinkListeners<[priority: Priority, flow: string]>;
  /** Links that have not said hello yet. */
  readonly #opening = new Set<Link>();
  readonly #sessions = new Set<PeerSession>();
  readonly #tasks = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(options: PeersOptions) {
    const { identity, network, name, runtime, limits } = options;
    this.#options = options;
    this.#secure = { identity, network, runtime, staticKey: newStaticKey(runtime), maxFrameBytes: maxPieceBytes };
    this.#hello = { versions: [federationVersion], name, features: [] };
    this.#table = new PeerTable(options.allowed ?? []);
    this.#admission = new Admission({ ...options, table: this.#table });
    this.#quotas = createQuotas(limits, runtime.elapsed);
    this.#exchange = new Exchange(options);
    this.#whenLinked = new LinkListeners(options.log);
    this.#whenLost = new LinkListeners(options.log);
    this.#whenRoom = new LinkListeners(options.log);
    this.#dialler = new Dialler({
      ...options,
      table: this.#table,
      opened: (link, address, expected) => this.#handshake(link, () => this.#shake(link, address, expected), 'out'),
      told: (error) => this.#told(error),
      track: (task) => this.#track(task),
    });
  }

  static async open(options: PeersOptions): Promise<Peers> {
    const peers = new Peers(options);
    await peers.#load();
    return peers;
  }

  start(): void {
    this.#dialler.start();
  }

  /** A server dialled this one. */
  accept(link: Link): void {
    const { address } = link.peer;
    if (this.#closed) {
      link.close('going-away');
      return;
    }
    if (!this.#admission.enters(address)) {
      link.close('busy');
      return;
    }
    const done = this.#handshake(link, () => secureAccepted(link, this.#secure), 'in').then((fault) => {
      this.#admission.left();
      if (!fault || this.#closed) return;
      this.#admission.note(fault, address);
      this.#options.log.warn({ address, fault }, 'no link with a server that dialled');
    });
    this.#track(done);
  }

  /** Every server that is linked, dialled or blocked. */
  list(): PeerView[] {
    return this.#table.views();
  }

  /** Links that this server wanted none of lately, the newest first. */
  refused(): PeerRefusal[] {
    return this.#admission.refused;
  }

  /** Dials an address from now on, at once; resolves when the first attempt is over. Refuses with `too-many`, `unavailable`, `bad-request`. */
  connect(url: string): Promise<PeerView> {
    return this.#dialler.connect(url);
  }

  /** Tries once to link with a server, at an address or by another way; resolves with why not. Never rejects. */
  reach(server: string, way: string | Dial): Promise<PeerFault | undefined> {
    const shake = (link: Link) => (): Promise<SecureLink> => secureDialled(link, this.#secure, server);
    return this.#dialler.once(way, (link) => this.#handshake(link, shake(link), 'out'));
  }

  /** Dials an address no more. Refuses with `not-found`. */
  disconnect(url: string): Promise<void> {
    return this.#dialler.disconnect(url);
  }

  /** Dials at once what waits to be dialled, of one server where that is named; returns how many addresses it is. */
  hurry(server?: string): number {
    return this.#dialler.hurry(server);
  }

  /** No link with this server any more, in neither direction. Refuses with `too-many`, `bad-request`. */
  async block(id: string): Promise<void> {
    const { store, limits, runtime, identity, log } = this.#options;
    if (id === identity.id) throw new Refusal('bad-request', { field: 'server' });
    if (this.#table.count(({ blocked }) => blocked) >= limits.peersBlocked) throw new Refusal('too-many');
    await store.block(id, true);
    const server = this.#table.server(id, runtime.now());
    server.blocked = true;
    server.since = runtime.now();
    for (const address of this.#table.addressesOf(id)) this.#dialler.rest(address);
    for (const session of this.#sessions) if (session.id === id) session.close('refused');
    log.info({ server: id }, 'server blocked');
  }

  /** Refuses with `not-found` where it is not blocked. */
  async unblock(id: string): Promise<void> {
    const server = this.#table.servers.get(id);
    if (!server?.blocked) throw new Refusal('not-found');
    await this.#options.store.block(id, false);
    server.blocked = false;
    for (const address of this.#table.addressesOf(id)) this.#dialler.dial(address);
    this.#table.drop(id);
    this.#options.log.info({ server: id }, 'server unblocked');
  }

  /** Queues a frame; false when the server is not linked or there is no room: what must arrive is sent again by its owner. */
  send<N extends PartFrameName>(server: string, name: N, payload: FramePayload<N>, options: FrameOptions): boolean {
    return this.#session(server)?.send(encodeFederationFrame(name, payload), options) ?? false;
  }

  /**
   * Asks a server. Rejects with Refusal: `unavailable` when it is not linked, its link is lost or replaced, it does not
   * answer in time or too much is asked already; `too-large`; or as answered. Aborted, with the signal's reason.
   */
  async ask<Q extends QuestionName>(
    server: string,
    question: Q,
    payload: QuestionPayload<Q>,
    options: AskOptions,
  ): Promise<QuestionReply<Q>> {
    const session = this.#session(server);
    const type = this.#exchange.questions[question];
    if (!session || !type) throw new Refusal('unavailable');
    return (await session.ask(question, type, payload, options)) as QuestionReply<Q>;
  }

  /**
   * Who takes the frames of a name: one handler. Its promise holds back what comes after from the same server in the
   * same priority, in the same flow where one is given; a Refusal('bad-frame') ends the link, any other error is logged.
   */
  onFrame<N extends PartFrameName>(
    name: N,
    handler: (from: string, payload: FramePayload<N>) => void | Promise<void>,
    options?: TakeOptions<N>,
  ): void {
    this.#exchange.onFrame(name, handler, options);
  }

  /** Who answers a question: one handler. A Refusal is answered as such; any other error is logged and answered `internal`. */
  onAsk<Q extends QuestionName>(
    question: Q,
    handler: (from: string, payload: QuestionPayload<Q>) => Promise<QuestionReply<Q>>,
  ): void {
    this.#exchange.onAsk(question, handler);
  }

  /** Calls it with every server that is linked from now on, before anything that the server says is taken. */
  whenLinked(listener: (server: string) => void): void {
    this.#whenLinked.add(listener);
  }

  /** Calls it when a link is over, its questions rejected and what waited dropped. A link that is replaced is lost first. */
  whenLost(listener: (server: string) => void): void {
    this.#whenLost.add(listener);
  }

  /** Calls it once for each flow that `send` refused, when it has room again; not after the link has ended. */
  whenRoom(listener: (server: string, priority: Priority, flow: string) => void): void {
    this.#whenRoom.add(listener);
  }

  isLinked(server: string): boolean {
    return this.#session(server) !== undefined;
  }

  /** Who dialled the link with a server, from where and how. */
  linkWith(server: string): Pick<PeerSession, 'address' | 'direction' | 'transport'> | undefined {
    return this.#session(server);
  }

  /** Whether an operator has it dialled. */
  isDialled(server: string): boolean {
    return this.#table.addressesOf(server).length > 0;
  }

  /** Whether the operator lets this server link with that one. */
  mayLink(server: string): boolean {
    return this.#table.isAllowed(server) && this.#table.servers.get(server)?.blocked !== true;
  }

  linked(): string[] {
    return [...this.#table.servers.keys()].filter((id) => this.isLinked(id));
  }

  /** Ends every link and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#dialler.close();
    this.#exchange.close();
    for (const link of this.#opening) link.close('going-away');
    for (const session of this.#sessions) session.close('going-away');
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
  }

  async #load(): Promise<void> {
    const { store, runtime } = this.#options;
    await this.#dialler.load();
    await store.tidy();
    for (const { server, name, blocked } of await store.servers())
      Object.assign(this.#table.server(server, runtime.now()), { name, blocked });
    for (const { server } of this.#table.addresses.values()) if (server) this.#table.server(server, runtime.now());
  }

  #shake(link: Link, address: Address, expected: string | undefined): Promise<SecureLink> {
    return secureDialled(link, this.#secure, expected, (id) => {
      this.#dialler.pin(address, id);
      return this.#refuses(id, link, 'out');
    });
  }

  #refuses(id: string, link: Pick<Link, 'peer'>, direction: 'in' | 'out'): OwnFault | undefined {
    return this.#admission.refuses({ id, address: link.peer.address, direction }, this.#sessions);
  }

  /** From an open connection to a link that counts; resolves with undefined when there is one. Never rejects. */
  async #handshake(
    link: Link,
    shake: () => Promise<SecureLink>,
    direction: 'in' | 'out',
  ): Promise<PeerFault | undefined> {
    this.#opening.add(link);
    if (this.#closed) link.close('going-away');
    try {
      return await this.#begin(await shake(), direction);
    } catch (error) {
      return this.#told(error);
    } finally {
      this.#opening.delete(link);
    }
  }

  async #begin(secure: SecureLink, direction: 'in' | 'out'): Promise<PeerFault | undefined> {
    const { runtime, log } = this.#options;
    const refused = direction === 'in' ? this.#refuses(secure.id, secure.link, direction) : undefined;
    if (refused) {
      secure.link.close(closeReasons[refused]);
      return refused;
    }
    const session = new PeerSession({
      secure,
      direction,
      own: this.#hello,
      runtime,
      log,
      exchange: this.#exchange,
      quotas: this.#quotas,
      greeted: (greeted, hello) => this.#adopt(greeted, hello),
      room: ({ id }, priority, flow) => this.#whenRoom.tell(id, priority, flow),
    });
    this.#sessions.add(session);
    this.#track(session.ended.then((fault) => this.#ended(session, fault)));
    await session.hello;
    return this.#table.servers.get(secure.id)?.current ? undefined : session.ended;
  }

  /** The link counts from now on, unless it lost against one that crossed it. */
  #adopt(session: PeerSession, { name }: Hello): void {
    const { identity, runtime, store, log } = this.#options;
    const server = this.#table.server(session.id, runtime.now());
    const older = server.current;
    const isOver = server.blocked || !this.#sessions.has(session);
    if (isOver || (older && !wins(session, older, identity.id, runtime.elapsed()))) {
      session.close(server.blocked ? 'refused' : 'replaced');
      return;
    }
    server.current = { session, startedAt: runtime.elapsed() };
    server.since = runtime.now();
    if (older) {
      older.session.close('replaced');
      this.#whenLost.tell(session.id);
    }
    const addresses = this.#table.addressesOf(session.id);
    for (const address of addresses) {
      this.#dialler.rest(address);
      address.failures = 0;
      address.lastError = undefined;
    }
    if (server.name !== name) {
      server.name = name;
      if (addresses.length > 0) this.#track(store.name(session.id, name));
    }
    log.info({ server: session.id, name, direction: session.direction, address: session.address }, 'server linked');
    this.#whenLinked.tell(session.id);
  }

  #ended(session: PeerSession, fault: PeerFault): void {
    const { runtime, log } = this.#options;
    this.#sessions.delete(session);
    if (fault === 'bad-frame') this.#admission.offended(session.id);
    const server = this.#table.servers.get(session.id);
    if (server?.current?.session !== session) return;
    server.current = undefined;
    log.info({ server: session.id, fault }, 'server link over');
    if (!server.blocked) server.since = runtime.now();
    for (const address of this.#table.addressesOf(session.id)) {
      if (server.blocked) address.lastError = fault;
      else this.#dialler.ended(address, fault);
    }
    this.#whenLost.tell(session.id);
    this.#table.drop(session.id);
  }

  #session(server: string): PeerSession | undefined {
    const session = this.#table.servers.get(server)?.current?.session;
    return session?.isOver ? undefined : session;
  }

  /** What an error of a link means; one that is no link's is a fault of ours, and in the log. */
  #told(error: unknown): PeerFault {
    const fault = faultOf(error);
    if (fault === undefined || fault === 'failed') this.#options.log.error({ error }, 'a link with a server failed');
    return fault ?? 'failed';
  }

  #track(task: Promise<unknown>): void {
    const done = task
      .catch((error) => this.#options.log.error({ error }, 'keeping what is known of servers failed'))
      .finally(() => this.#tasks.delete(done));
    this.#tasks.add(done);
  }
}
