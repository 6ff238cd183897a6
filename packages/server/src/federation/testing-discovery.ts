/** Servers of a {@link TestNetwork} that find each other. For tests. */
import type { Dial } from '@parley/link';
import { identityFromSeed } from '../identity.ts';
import { createLimits, type Limits } from '../limits.ts';
import { type Log, silentLog } from '../log.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { serverNames } from '../store/server-name.ts';
import { serverRecords } from '../store/server-record.ts';
import { Discovery } from './discovery.ts';
import { watchNames } from './name-claims.ts';
import type { TestNetwork, TestPeer, TestPeerOptions } from './testing-network.ts';
import { seedBytes } from './testing-record.ts';

export interface TestFinder {
  readonly peer: TestPeer;
  readonly discovery: Discovery;
  readonly id: string;
  /** Ends discovery and links; the database stays. */
  close(): Promise<void>;
}

export interface TestFinderOptions {
  readonly peer?: TestPeerOptions;
  readonly name?: string;
  /** Without one nobody dials it. */
  readonly addresses?: readonly string[];
  readonly directories?: readonly string[];
  readonly dialDirectory?: (url: string) => Dial;
  readonly limits?: Partial<Limits>;
  readonly log?: Log;
}

/** The server of a seed on its host, dialled at `http://s1` and so on. */
export async function finder(network: TestNetwork, seed: number, options: TestFinderOptions = {}): Promise<TestFinder> {
  const { name, addresses = [`http://s${seed}`], directories = [], log = silentLog } = options;
  const own = createVirtualRuntime(1_000 + seed);
  const runtime = {
    ...network.clock,
    now: () => network.clock.now(),
    randomBytes: own.randomBytes,
    random: own.random,
  };
  const peer = await network.server(seed, { ...options.peer, name: name ?? 'localhost', log });
  const discovery = await Discovery.open({
    identity: identityFromSeed(seedBytes(seed)),
    network: options.peer?.network ?? 'test',
    name,
    peers: peer.peers,
    store: { records: serverRecords(peer.db), names: serverNames(peer.db) },
    runtime,
    log,
    limits: { ...createLimits({ rateFactor: 1, connections: 100, loadedRooms: 1 }), ...options.limits },
    directories,
    dialDirectory: options.dialDirectory,
  });
  const stopNames = watchNames({ peers: peer.peers, names: discovery.names, lookup: undefined, runtime, log });
  discovery.start();
  discovery.announce({ addresses });
  await network.settled();
  return {
    peer,
    discovery,
    id: peer.id,
    close: async () => {
      stopNames();
      const closed = discovery.close();
      await network.settled();
      await closed;
      await peer.close();
    },
  };
}

/** How many other servers one has a record of, and is linked with. */
export const countsOf = ({ discovery, peer }: TestFinder): { known: number; linked: number } => ({
  known: discovery.records.size,
  linked: peer.peers.linked().length,
});

/** Links two by hand, as an operator does. */
export async function connect(network: TestNetwork, from: TestFinder, to: TestFinder): Promise<void> {
  await network.done(from.peer.peers.connect(to.peer.url));
}
