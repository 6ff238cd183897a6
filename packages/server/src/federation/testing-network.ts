/** Servers that link over memory, on one clock that stands still until it is moved. For tests. */
import type { Link } from '@parley/link';
import { type MemoryNetwork, memoryNetwork } from '@parley/link/memory';
import type { PeerView, QuestionType } from '@parley/protocol';
import { identityFromSeed } from '../identity.ts';
import { createLimits } from '../limits.ts';
import { type Log, silentLog } from '../log.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import type { Runtime } from '../runtime.ts';
import { createVirtualRuntime, type VirtualRuntime } from '../runtime-virtual.ts';
import { migrate } from '../store/migrations.ts';
import { peerStore } from '../store/peer.ts';
import { migrations } from '../store/schema.ts';
import type { DialName } from './dialler.ts';
import { type PeerLimits, Peers } from './peers.ts';

export const idOf = (seed: number): string => identityFromSeed(new Uint8Array(32).fill(seed)).id;

export interface TestPeer {
  readonly peers: Peers;
  readonly id: string;
  /** Where it is dialled. */
  readonly url: string;
  readonly db: MemoryDatabase;
  /** Links that others opened to it. */
  readonly accepted: Link[];
  /** Addresses that it dialled, with the time on the clock. */
  readonly dialled: { url: string; at: number }[];
  /** Stops listening, so that nobody reaches it; links stay. */
  deafen(): void;
  close(): Promise<void>;
}

export interface TestPeerOptions {
  /** That it claims; `s1.example` and so on unless given. */
  name?: string;
  network?: string;
  db?: MemoryDatabase;
  configured?: readonly string[];
  /** What DNS says of a name: where its server is, and its id. Throws as looking up does. */
  resolve?: (name: string, pinned: string | undefined) => { host: string; server: string };
  /** In place of the one of this seed. */
  random?: () => number;
  limits?: Partial<PeerLimits>;
  /** The only servers that it links with. */
  allowed?: readonly string[];
  log?: Log;
  /** In place of those of the protocol. */
  questions?: Readonly<Record<string, QuestionType>>;
}

export class TestNetwork {
  readonly clock: VirtualRuntime = createVirtualRuntime(99);
  readonly links: MemoryNetwork;
  /** Pieces from one host to another that never arrive, as `from>to`. */
  readonly cut = new Set<string>();
  /** How slow the line from one host to another is, in bytes a second, as `from>to`. */
  readonly pace = new Map<string, number>();
  /** When such a line is free again, on the clock. */
  readonly #freeAt = new Map<string, number>();
  readonly #open = new Set<TestPeer>();

  constructor() {
    this.links = memoryNetwork({
      encoding: 'cbor',
      carry: ({ from, to, bytes }, deliver) => {
        const line = `${from}>${to}`;
        const perSecond = this.pace.get(line);
        if (this.cut.has(line)) return;
        if (perSecond === undefined) queueMicrotask(deliver);
        else this.#carrySlowly(line, (bytes / perSecond) * 1_000, deliver);
      },
    });
  }

  #carrySlowly(line: string, ms: number, deliver: () => void): void {
    const now = this.clock.elapsed();
    const freeAt = Math.max(now, this.#freeAt.get(line) ?? 0) + ms;
    this.#freeAt.set(line, freeAt);
    this.clock.setTimer(deliver, freeAt - now);
  }

  /** A server on host `s1`, `s2`, … by its seed, 1 to 255. */
  async server(seed: number, options: TestPeerOptions = {}): Promise<TestPeer> {
    const { network = 'test', db = openSqliteInMemory(), configured = [], log = silentLog } = options;
    const identity = identityFromSeed(new Uint8Array(32).fill(seed));
    const own = createVirtualRuntime(seed);
    const runtime: Runtime = {
      ...this.clock,
      now: () => this.clock.now(),
      randomBytes: own.randomBytes,
      random: options.random ?? own.random,
    };
    await migrate(db, migrations);
    const dialled: TestPeer['dialled'] = [];
    const host = `s${seed}`;
    const peers = await Peers.open({
      identity,
      network,
      name: options.name ?? `${host}.example`,
      store: peerStore(db),
      runtime,
      log,
      limits: { ...createLimits({ rateFactor: 1, connections: 100, loadedRooms: 1 }), ...options.limits },
      configured,
      questions: options.questions,
      allowed: options.allowed,
      ...(options.resolve && { dialName: this.#dialName(host, options.resolve, dialled) }),
      dial: (url) => {
        dialled.push({ url, at: this.clock.elapsed() });
        return this.links.dial(host, { host: new URL(url).hostname, port: 1 });
      },
    });
    const accepted: Link[] = [];
    const door = this.links.listen({ host, port: 1 }, (link) => {
      accepted.push(link);
      peers.accept(link);
    });
    const deafen = (): void => void door.close();
    const peer: TestPeer = {
      peers,
      id: identity.id,
      url: `http://${host}`,
      db,
      accepted,
      dialled,
      deafen,
      close: async () => {
        this.#open.delete(peer);
        deafen();
        const closed = peers.close();
        await this.settled();
        await closed;
      },
    };
    this.#open.add(peer);
    peers.start();
    await this.settled();
    return peer;
  }

  #dialName(from: string, resolve: NonNullable<TestPeerOptions['resolve']>, dialled: TestPeer['dialled']): DialName {
    return async (name, pinned, signal) => {
      dialled.push({ url: name, at: this.clock.elapsed() });
      const { host, server } = resolve(name, pinned);
      return { link: await this.links.dial(from, { host, port: 1 })(signal), server };
    };
  }

  /** Lets everything happen that is due now. */
  async settled(): Promise<void> {
    for (let i = 0; i < 16; i++) {
      await new Promise((resolve) => process.nextTick(resolve));
      for (let j = 0; j < 20; j++) await undefined;
      this.clock.advance(0);
    }
  }

  async advance(ms: number, stepMs = ms): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await this.settled();
    }
  }

  /** Runs work that waits for the network. */
  async done<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    await this.settled();
    return work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#open) await peer.close();
  }
}

/** How a server sees another one. */
export function viewOf({ peers }: TestPeer, of: { id: string }): PeerView | undefined {
  return peers.list().find(({ id }) => id === of.id);
}
