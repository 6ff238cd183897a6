/** The homeserver without its doors: everything that a connection needs, over a database, a bus and a runtime handed in. */

import type { Socket } from 'node:net';
import type { Dial, Link } from '@parley/link';
import { encodeFrame, type ServerEvent } from '@parley/protocol';
import type { Bus } from './bus/bus.ts';
import { Channels } from './channel.ts';
import { Committer } from './committer.ts';
import { serveLink } from './connection.ts';
import type { Context } from './context.ts';
import { createCrypto } from './crypto.ts';
import type { Arrival } from './doors/arrival.ts';
import { Doubts } from './doubts.ts';
import { Due } from './due.ts';
import { finishErasures } from './erasure.ts';
import { Fanout } from './fanout.ts';
import { type Candidates, Discovery, type Reachable } from './federation/discovery.ts';
import { nameDialler } from './federation/dns/dial-name.ts';
import type { NameLookup } from './federation/dns/lookup.ts';
import { KeySearch } from './federation/key-search.ts';
import { watchNames } from './federation/name-claims.ts';
import { Nat } from './federation/nat.ts';
import { PeerWatch } from './federation/peer-watch.ts';
import { Peers } from './federation/peers.ts';
import { RoomsAcross } from './federation/rooms-across.ts';
import { Guests } from './guests.ts';
import { handlers } from './handlers.ts';
import type { Here } from './here.ts';
import { Hub } from './hub.ts';
import type { Identity } from './identity.ts';
import { KeyListeners } from './key-listeners.ts';
import type { Limits } from './limits.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { Log } from './log.ts';
import type { Measures } from './measures.ts';
import { Metrics } from './metrics.ts';
import { ownerSecretFor } from './owner.ts';
import { createPasswords, type Passwords } from './password.ts';
import { People } from './people.ts';
import { Presence } from './presence.ts';
import { Rates } from './rates.ts';
import { Receipts } from './receipt.ts';
import { Retention } from './retention.ts';
import { Rooms } from './rooms.ts';
import { Router } from './router.ts';
import type { Runtime } from './runtime.ts';
import { ServerWatch } from './server-watch.ts';
import { Session } from './session.ts';
import type { Database } from './store/database.ts';
import { migrate } from './store/migrations.ts';
import { migrations } from './store/schema.ts';
import { openStore, type Store } from './store/store.ts';
import { keepUpAcross, keepUpWith, tellEntries } from './telling.ts';
import { Unkept } from './unkept.ts';
import { keepUp } from './upkeep.ts';
import { Uploads } from './uploads.ts';

export interface HomeserverOptions {
  db: Database;
  bus: Bus;
  identity: Identity;
  runtime: Runtime;
  log: Log;
  limits: Limits;
  /** The label that this server claims. */
  name: string;
  /** Whether it is no name of its own, but that of every machine. */
  isUnnamed?: boolean;
  network: string;
  guests: boolean;
  /** Whether a connection may make an account without an invite. */
  signUpOpen: (isLocal: boolean) => boolean;
  passwords?: Passwords;
  /** What takes how long, where that is measured. */
  measures?: Measures;
  /**
   * How other servers are dialled, over a socket that is open where one is given, and those that the configuration names;
   * without it none is dialled. `names` looks up what DNS says of them, and is closed with the homeserver.
   */
  federation?: {
    dial: (url: string, socket?: Socket) => Dial;
    peers: readonly string[];
    /** The only servers to link with; empty or left out, all but the blocked. */
    allow?: readonly string[] | undefined;
    names?: NameLookup | undefined;
    /** URLs of directories, and how they are dialled. */
    directories?: readonly string[];
    dialDirectory?: (url: string) => Dial;
    /** Servers that may be reached through this one; empty for all that are linked, left out for none. */
    relayFor?: readonly string[] | undefined;
  };
}

export interface Homeserver {
  /** Serves a connection until it ends. */
  accept(link: Link, arrival: Arrival): void;
  /** Keeps a connection that another server opened, once it has proven who it is. */
  acceptServer(link: Link): void;
  /** Says from now on where the server is reached. */
  announce(reachable: Reachable, candidates?: Candidates): void;
  /** The one-time secret that makes an owner; undefined once there is one. */
  readonly ownerSecret: string | undefined;
  /** What it counts, as Prometheus reads it. */
  metrics(): Promise<string>;
  /** Ends every session, finishes what is under way and closes bus and database. */
  close(): Promise<void>;
}

/** Opens the database, brings its tables up to date and takes up what was due. */
export async function createHomeserver(given: HomeserverOptions): Promise<Homeserver> {
  const { bus, runtime, log, limits, measures } = given;
  const db = measures ? measures.timed(given.db, runtime) : given.db;
  const options = { ...given, db };
  await migrate(db, migrations);
  const store = openStore(db);
  const peers = await openPeers(options, store);
  const discovery = await openDiscovery(options, store, peers);
  const { names } = discovery;
  const nat = new Nat({ peers, discovery, relayFor: options.federation?.relayFor, runtime, log, limits });
  const stopNames = watchNames({ peers, names, lookup: options.federation?.names, runtime, log });
  const { node, committer, due, metrics } = assemble(options, store, peers, { discovery, nat });
  keepUpWith(bus, node);
  keepUpAcross(node);
  due.start(node.rooms);
  due.learn(await store.room.due());
  const stopUpkeep = keepUp(runtime, log, {
    due: async () => due.learn(await store.room.due()),
    retention: () => node.here.retention.sweep(),
    uploads: () => node.here.uploads.tidy(),
    erasures: () => finishErasures(node),
    servers: async () => discovery.expire(),
  });
  const router = new Router(handlers, node.here.rates, runtime);
  const stopMeasuring = measures?.watchLoop(runtime);
  const serving = new Set<Promise<void>>();
  const name = runtime.randomBytes(6).toHex();
  let connections = 0;
  const ownerSecret = await ownerSecretFor(store, runtime);
  peers.start();
  if (options.federation) {
    await node.here.across.start();
    discovery.start();
  }

  return {
    accept(link, { isLocal }) {
      const session = new Session(`${name}-${++connections}`, link, { isLocal, budgetBytes: limits.unreadBytes });
      const done = serveLink({ ...node, session }, router, limits).finally(() => serving.delete(done));
      serving.add(done);
    },
    acceptServer: (link) => peers.accept(link),
    announce: (reachable, candidates) => discovery.announce(reachable, candidates),
    ownerSecret,
    metrics: () => metrics.text(),
    async close() {
      stopMeasuring?.();
      stopUpkeep();
      due.stop();
      stopNames();
      options.federation?.names?.close();
      nat.close();
      await Promise.all([discovery.close(), peers.close()]);
      for (const session of node.hub.all) session.end('going-away');
      await Promise.allSettled(serving);
      node.here.channels.close();
      node.here.receipts.close();
      await node.here.peerWatch.idle();
      await committer.idle();
      await names.idle();
      await bus.close();
      await db.close();
    },
  };
}

/** Makes everything that a request needs, and joins it up. */
function assemble(
  options: HomeserverOptions,
  store: Store,
  peers: Peers,
  { discovery, nat }: Pick<Here, 'discovery' | 'nat'>,
): { node: Omit<Context, 'session'>; committer: Committer; due: Due; metrics: Metrics } {
  const { db, bus, identity, runtime, log, limits, measures } = options;
  const crypto = createCrypto(identity);
  const people = new People(store.person, identity.id);
  const hub = new Hub(fanoutOf(options), bus);
  const due = new Due(runtime, log);
  const { id } = identity;
  const { names } = discovery;
  const { name, network } = options;
  const committer = new Committer({
    db,
    log,
    soon: runtime.turnEnd,
    committed: (room, written) => {
      tellEntries(bus, { people, here: { id, name } }, room, written);
      across.committed(room, written);
      metrics.appended(written.length);
    },
  });
  const { loadedRooms } = limits;
  const dueChanged = (room: LoadedRoom): void => due.changed(room);
  const run = { committer, crypto, runtime, dueChanged, doubts: new Doubts(id), unkept: new Unkept() };
  const rooms: Rooms = new Rooms({
    ...run,
    store,
    id,
    loadedRooms,
    restMs: (room) => hub.restMs(room),
    elsewhere: (room, drafts) => across.elsewhere(room, drafts),
  });
  const presence = new Presence(hub);
  const receipts = new Receipts({ store, people, hub, runtime, log, id });
  const across = new RoomsAcross({
    ...{ store, rooms, people, peers, discovery, run },
    ...{ log, id, network, hub, presence, receipts, limits },
  });
  const channels = new Channels({ peers, crypto, id, network, hub, runtime, limits });
  const metrics = new Metrics({ hub, peers, channels, oversight: across.oversight, runtime, measures });
  const keys = new KeyListeners({ hub, runtime, limits });
  const here: Here = {
    id,
    name,
    network,
    crypto,
    passwords: options.passwords ?? createPasswords(runtime),
    guests: options.guests ? new Guests(runtime) : undefined,
    presence,
    receipts,
    rates: new Rates(limits, runtime.elapsed),
    uploads: new Uploads(store, runtime, identity.id),
    retention: new Retention(store, runtime, log),
    peers,
    peerWatch: new PeerWatch({ peers, names, nat, store, hub, runtime, log, allowed: options.federation?.allow }),
    serverWatch: new ServerWatch({ peers, names, hub, runtime, limits, id }),
    names,
    discovery,
    nat,
    across,
    channels,
    keys,
    keySearch: new KeySearch({ peers, listeners: keys, runtime, limits }),
    signUpOpen: (session) => options.signUpOpen(session.isLocal),
  };
  return { node: { store, rooms, hub, people, runtime, log, here }, committer, due, metrics };
}

const fanoutOf = ({ runtime, measures }: HomeserverOptions): Fanout<ServerEvent> =>
  new Fanout<ServerEvent>(runtime, encodeFrame, measures && ((seconds) => measures.fanout.observe(seconds)));

function openDiscovery(options: HomeserverOptions, store: Store, peers: Peers): Promise<Discovery> {
  const { name, isUnnamed, federation } = options;
  return Discovery.open({
    ...options,
    name: isUnnamed ? undefined : name,
    peers,
    store: store.server,
    directories: federation?.directories ?? [],
    dialDirectory: federation?.dialDirectory,
  });
}

function openPeers(options: HomeserverOptions, store: Store): Promise<Peers> {
  const { identity, network, name, runtime, log, limits, federation } = options;
  const configured = federation?.peers ?? [];
  return Peers.open({
    identity,
    network,
    name,
    store: store.peer,
    runtime,
    log,
    limits,
    dial: federation?.dial,
    dialName: federation?.names && nameDialler({ ...federation, names: federation.names, runtime }),
    configured,
    allowed: federation?.allow,
  });
}
