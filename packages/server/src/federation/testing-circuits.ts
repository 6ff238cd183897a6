/** Servers of a TestNetwork that nobody can dial, and relays for them. For tests. */
import type { Link, LinkOptions } from '@parley/link';
import type { PeerFault } from '@parley/protocol';
import { createLimits } from '../limits.ts';
import { silentLog } from '../log.ts';
import { createVirtualRuntime } from '../runtime-virtual.ts';
import { Circuits, type CircuitsOptions } from './circuits.ts';
import type { TestNetwork, TestPeer, TestPeerOptions } from './testing-network.ts';

export const half = { random: () => 0.5 };

export interface TestEnd extends TestPeer {
  readonly circuits: Circuits;
}

export interface TestEndOptions extends TestPeerOptions {
  /** Whom it is a relay for; left out, for nobody. */
  mayReserve?: (server: string) => boolean;
  circuitLimits?: Partial<CircuitsOptions['limits']>;
  link?: LinkOptions;
}

/** A server that can be dialled. */
export async function publicServer(network: TestNetwork, seed: number, options: TestEndOptions = {}): Promise<TestEnd> {
  const peer = await network.server(seed, { ...half, ...options });
  const { mayReserve } = options;
  const own = createVirtualRuntime(seed + 1_000);
  const circuits = new Circuits({
    peers: peer.peers,
    relay: mayReserve && { url: () => peer.url, mayReserve },
    runtime: { ...network.clock, randomBytes: own.randomBytes },
    log: silentLog,
    ...(options.link && { link: options.link }),
    limits: { ...createLimits({ rateFactor: 1, connections: 100, loadedRooms: 1 }), ...options.circuitLimits },
  });
  return { ...peer, circuits };
}

export const relay = (network: TestNetwork, seed: number, options: TestEndOptions = {}): Promise<TestEnd> =>
  publicServer(network, seed, { mayReserve: () => true, ...options });

/** A server that only dials out. */
export async function homeServer(network: TestNetwork, seed: number, options: TestEndOptions = {}): Promise<TestEnd> {
  const server = await publicServer(network, seed, options);
  server.deafen();
  return server;
}

/** Links it with a relay, and has it reached through that. */
export async function moor(network: TestNetwork, home: TestEnd, at: TestEnd): Promise<string> {
  await network.done(home.peers.connect(at.url));
  return network.done(home.circuits.reserve(at.id));
}

/** Tries to link two servers through a relay; resolves with why not. */
export async function meet(
  network: TestNetwork,
  from: TestEnd,
  to: TestEnd,
  through: TestEnd,
): Promise<PeerFault | undefined> {
  if (!from.peers.isLinked(through.id)) await network.done(from.peers.connect(through.url));
  return network.done(from.peers.reach(to.id, from.circuits.dial(through.id, to.id)));
}

/** A bare circuit, without a handshake inside. */
export async function bareCircuit(
  network: TestNetwork,
  from: TestEnd,
  to: TestEnd,
  through: TestEnd,
): Promise<{ dialled: Link; accepted: Link }> {
  const accepted: Link[] = [];
  const { accept } = to.peers;
  to.peers.accept = (link) => void accepted.push(link);
  try {
    const dialled = await network.done(from.circuits.dial(through.id, to.id)());
    return { dialled, accepted: accepted[0]! };
  } finally {
    to.peers.accept = accept;
  }
}

/** What a relay makes of the nth thing that one side says, from 0: what the other side is told. */
export type Tamper = (bytes: Uint8Array, nth: number) => readonly Uint8Array[];

/** A relay that checks nothing and passes on what it likes. */
export async function crookedRelay(
  network: TestNetwork,
  seed: number,
  crook: { tamper?: Tamper; route?: (to: string) => string } = {},
): Promise<TestPeer> {
  const { tamper = (bytes) => [bytes], route = (to) => to } = crook;
  const peer = await network.server(seed, half);
  const { peers } = peer;
  const others = new Map<string, string>();
  let nth = 0;
  peers.onAsk('reserve', async () => ({ url: peer.url }));
  peers.onAsk('circuit', async (from, { circuit, to }) => {
    others.set(from, route(to)).set(route(to), from);
    return peers.ask(route(to), 'incoming', { circuit, from }, { priority: 'control' });
  });
  peers.onFrame('circuitData', (from, { circuit, bytes }) => {
    for (const each of tamper(bytes, nth++))
      peers.send(others.get(from)!, 'circuitData', { circuit, bytes: each }, { priority: 'circuit' });
  });
  peers.onFrame('circuitCredit', (from, frame) => {
    peers.send(others.get(from)!, 'circuitCredit', frame, { priority: 'control' });
  });
  peers.onFrame('circuitEnd', (from, frame) => {
    peers.send(others.get(from)!, 'circuitEnd', frame, { priority: 'circuit' });
  });
  return peer;
}
