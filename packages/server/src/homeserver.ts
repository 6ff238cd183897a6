/** The homeserver without its doors: everything that a connection needs, over a database, a bus and a runtime handed in. */

import type { Dial, Link } from '@parley/link';
import { encodeFrame, type ServerEvent } from '@parley/protocol';
import type { Written } from './append.ts';
import type { Bus } from './bus/bus.ts';
import { Committer } from './committer.ts';
import { serveLink } from './connection.ts';
import type { Context } from './context.ts';
import { createCrypto } from './crypto.ts';
import type { Arrival } from './doors/arrival.ts';
import { Due } from './due.ts';
import { entryView } from './entry-view.ts';
import { finishErasures } from './erasure.ts';
import { Fanout } from './fanout.ts';
import { Peers } from './federation/peers.ts';
import { Guests } from './guests.ts';
import { handlers } from './handlers.ts';
import type { Here } from './here.ts';
import { Hub } from './hub.ts';
import type { Identity } from './identity.ts';
import type { Limits } from './limits.ts';
import type { LoadedRoom } from './loaded-room.ts';
import type { Log } from './log.ts';
import { Membership } from './membership.ts';
import { ownerSecretFor } from './owner.ts';
import { createPasswords, type Passwords } from './password.ts';
import { People } from './people.ts';
import { Presence } from './presence.ts';
import { Rates } from './rates.ts';
import { Retention } from './retention.ts';
import { Rooms } from './rooms.ts';
import { Router } from './router.ts';
import type { Runtime } from './runtime.ts';
import { Session } from './session.ts';
import type { Database } from './store/database.ts';
import { migrate } from './store/migrations.ts';
import { migrations } from './store/schema.ts';
import { openStore, type Store } from './store/store.ts';
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
  network: string;
  guests: boolean;
  /** Whether a connection may make an account without an invite. */
  signUpOpen: (isLocal: boolean) => boolean;
  passwords?: Passwords;
  /** How other servers are dialled, and those that the configuration names; without it none is dialled. */
  federation?: { dial: (url: string) => Dial; peers: readonly string[] };
}

export interface Homeserver {
  /** Serves a connection until it ends. */
  accept(link: Link, arrival: Arrival): void;
  /** Keeps a connection that another server opened, once it has proven who it is. */
  acceptServer(link: Link): void;
  /** The one-time secret that makes an owner; undefined once there is one. */
  readonly ownerSecret: string | undefined;
  /** Ends every session, finishes what is under way and closes bus and database. */
  close(): Promise<void>;
}

/** Opens the database, brings its tables up to date and takes up what was due. */
export async function createHomeserver(options: HomeserverOptions): Promise<Homeserver> {
  const { db, bus, identity, runtime, log, limits } = options;
  await migrate(db, migrations);
  const store = openStore(db);
  const crypto = createCrypto(identity);
  const people = new People(store.person, identity.id);
  const hub = new Hub(new Fanout<ServerEvent>(runtime, encodeFrame), bus);
  const due = new Due(runtime, log);
  const rates = new Rates(limits, runtime.elapsed);
  const uploads = new Uploads(store, runtime, identity.id);
  const retention = new Retention(store, runtime, log);
  const peers = await openPeers(options, store);
  const here: Here = {
    id: identity.id,
    name: options.name,
    network: options.network,
    crypto,
    passwords: options.passwords ?? createPasswords(runtime),
    guests: options.guests ? new Guests(runtime) : undefined,
    presence: new Presence(hub),
    rates,
    uploads,
    retention,
    peers,
    signUpOpen: (session) => options.signUpOpen(session.isLocal),
  };
  const committed = (room: LoadedRoom, written: readonly Written[]): void => {
    const events = written.map(({ header, body }): ServerEvent => {
      return { event: 'entry.appended', payload: entryView(room, header, body, people, here) };
    });
    for (const run of runsOf(events)) bus.publish('room', { room: room.id, events: run });
  };
  const committer = new Committer({ db, log, soon: runtime.nextTurn, committed });
  const rooms = new Rooms({
    store,
    committer,
    crypto,
    runtime,
    loadedRooms: limits.loadedRooms,
    dueChanged: (room) => due.changed(room),
  });
  const contextOf = (session: Session): Context => ({ session, store, rooms, hub, people, runtime, log, here });
  const membership = new Membership(contextOf);
  bus.subscribe('room', ({ room, events }) => {
    for (const { event, payload } of events) {
      if (event === 'entry.appended') rooms.heard(room, payload);
      else if (event === 'user.changed') people.forget(payload.person);
    }
    membership.committed(room, events, hub, here.id);
  });
  due.start(rooms);
  due.learn(await store.room.due());
  const stopUpkeep = keepUp(runtime, log, {
    due: async () => due.learn(await store.room.due()),
    retention: () => retention.sweep(),
    uploads: () => uploads.tidy(),
    erasures: () => finishErasures({ store, rooms, people, hub }),
  });
  const router = new Router(handlers, rates);
  const serving = new Set<Promise<void>>();
  const node = runtime.randomBytes(6).toHex();
  let connections = 0;
  const ownerSecret = await ownerSecretFor(store, runtime);
  peers.start();

  return {
    accept(link, { isLocal }) {
      const session = new Session(`${node}-${++connections}`, link, { isLocal, budgetBytes: limits.unreadBytes });
      const done = serveLink(contextOf(session), router, limits).finally(() => serving.delete(done));
      serving.add(done);
    },
    acceptServer: (link) => peers.accept(link),
    ownerSecret,
    async close() {
      stopUpkeep();
      due.stop();
      await peers.close();
      for (const session of hub.all) session.end('going-away');
      await Promise.allSettled(serving);
      await committer.idle();
      await bus.close();
      await db.close();
    },
  };
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
    configured,
  });
}

/** An entry that changes who reads ends a run: its readers are known anew before the next goes out. */
function runsOf(events: readonly ServerEvent[]): ServerEvent[][] {
  const runs: ServerEvent[][] = [[]];
  for (const event of events) {
    runs.at(-1)!.push(event);
    const kind = event.event === 'entry.appended' ? event.payload.kind : '';
    if (kind === 'member' || kind === 'settings') runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}
