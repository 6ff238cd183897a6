/** Homeservers that link over memory, on one clock that stands still until it is moved. For tests. */
import { memoryNetwork } from '@parley/link/memory';
import { identityFromSeed } from '../identity.ts';
import type { Log } from '../log.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import { createVirtualRuntime, type VirtualRuntime } from '../runtime-virtual.ts';
import { settle, type TestClient, type TestServer, testServer } from '../testing.ts';
import { relayFeature } from './reservations.ts';
import { secureDialled } from './secure-link.ts';
import { Stranger, strangersKey } from './testing-stranger.ts';

export interface TestHome {
  readonly id: string;
  readonly name: string;
  readonly server: TestServer;
  readonly db: MemoryDatabase;
  /** Stops it; what it stored can be started again. */
  stop(): Promise<void>;
}

export interface TestHomeOptions {
  db?: MemoryDatabase;
  log?: Log;
  /** Multiplies its rate limits. */
  rateFactor?: number;
  /** It says where it is dialled, and lets others be reached through it. */
  isRelay?: boolean;
  /** Nobody can dial it. */
  isHidden?: boolean;
}

export class TestHomes {
  readonly clock: VirtualRuntime = createVirtualRuntime(99);
  /** Pieces from one host to another that never arrive, as `from>to`. */
  readonly cut = new Set<string>();
  readonly #links = memoryNetwork({
    encoding: 'cbor',
    dialTimers: this.clock,
    carry: ({ from, to }, deliver) => {
      if (!this.cut.has(`${from}>${to}`)) queueMicrotask(deliver);
    },
  });
  readonly #running = new Set<TestHome>();

  /** A homeserver `s1.example`, `s2.example`, … by its seed, that dials those named. */
  async home(seed: number, dials: readonly number[] = [], options: TestHomeOptions = {}): Promise<TestHome> {
    const host = `s${seed}`;
    const own = createVirtualRuntime(seed);
    const db = options.db ?? openSqliteInMemory();
    const runtime: VirtualRuntime = { ...this.clock, randomBytes: own.randomBytes, random: own.random };
    const server = await testServer({
      seed,
      db,
      runtime,
      name: `${host}.example`,
      ...(options.log ? { log: options.log } : {}),
      ...(options.rateFactor === undefined ? {} : { rateFactor: options.rateFactor }),
      federation: {
        peers: dials.map((to) => `http://s${to}`),
        dial: (url) => this.#links.dial(host, { host: new URL(url).hostname, port: 1 }),
        ...(options.isRelay ? { relayFor: [] } : {}),
      },
    });
    if (options.isRelay) server.home.announce({ addresses: [`http://${host}`], features: [relayFeature] });
    const door = options.isHidden
      ? undefined
      : this.#links.listen({ host, port: 1 }, (link) => server.home.acceptServer(link));
    const { id } = identityFromSeed(new Uint8Array(32).fill(seed));
    const home: TestHome = {
      id,
      name: `${host}.example`,
      server,
      db,
      stop: async () => {
        if (!this.#running.delete(home)) return;
        door?.close();
        const closed = server.home.close();
        await this.settled();
        await closed;
      },
    };
    this.#running.add(home);
    await this.settled();
    return home;
  }

  /** A server by hand, linked with a home. */
  async stranger(seed: number, at: number): Promise<Stranger> {
    const link = await this.#links.dial(`s${seed}`, { host: `s${at}`, port: 1 })();
    const shaken = secureDialled(link, strangersKey(seed));
    await this.settled();
    const stranger = new Stranger((await shaken).link);
    void stranger.listen();
    await stranger.hello();
    await this.settled();
    return stranger;
  }

  /** Lets everything happen that is due now. */
  settled(): Promise<void> {
    return settle(this.clock);
  }

  async advance(ms: number, stepMs = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await this.settled();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const home of this.#running) await home.stop();
  }
}

/** Takes the words of messages that a client was told of. */
export function heard(client: TestClient): string[] {
  return client.events.flatMap(({ event, payload }) => {
    if (event !== 'entry.appended' || payload.kind !== 'message') return [];
    return [(payload.body as { text: string }).text];
  });
}
