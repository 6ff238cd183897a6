// Many homeservers in this process, over databases in memory and links in memory, by the real clock: what is measured is
// the servers' own work, and every byte between them is counted.
import { memoryNetwork, pair } from '@parley/link/memory';
import {
  createHomeserver,
  createLimits,
  type Homeserver,
  identityFromSeed,
  type MemoryDatabase,
  openLocalBus,
  openSqliteInMemory,
  runtime,
  silentLog,
} from '@parley/server';
import { Talk } from './talk.ts';

export interface Home {
  readonly id: string;
  readonly host: string;
  readonly db: MemoryDatabase;
  readonly server: Homeserver;
  /** A new connection. */
  talk(): Promise<Talk>;
  /** A new account, signed in. */
  account(name: string): Promise<Talk & { user: string; token: string }>;
  stop(): Promise<void>;
}

export class Homes {
  /** Bytes between servers since the start. */
  carried = 0;
  readonly #links = memoryNetwork({
    encoding: 'cbor',
    carry: ({ bytes }, deliver) => {
      this.carried += bytes;
      setImmediate(deliver);
    },
  });

  /** @param seed 1 to 65535; @param dials the hosts that it dials, as `s1` */
  async home(seed: number, dials: readonly string[], db = openSqliteInMemory()): Promise<Home> {
    const identity = identityFromSeed(new Uint8Array(32).fill(seed & 255).fill(seed >> 8, 0, 1));
    const host = `s${seed}`;
    const server = await createHomeserver({
      db,
      bus: openLocalBus(),
      identity,
      runtime,
      log: silentLog,
      limits: createLimits({ rateFactor: 1_000_000, connections: 10_000, loadedRooms: 100 }),
      name: `${host}.example`,
      network: 'bench',
      guests: true,
      signUpOpen: () => true,
      passwords: { hash: async () => 'none', check: async () => ({ isRight: true, isOutdated: false }) },
      federation: {
        peers: dials.map((to) => `http://${to}`),
        dial: (url) => this.#links.dial(host, { host: new URL(url).hostname, port: 1 }),
      },
    });
    const door = this.#links.listen({ host, port: 1 }, (link) => server.acceptServer(link));
    const talk = (): Promise<Talk> => {
      const [client, accepted] = pair({ encoding: 'json' });
      server.accept(accepted, { isLocal: true });
      return Talk.over(client);
    };
    return {
      id: identity.id,
      host,
      db,
      server,
      talk,
      async account(name) {
        const one = await talk();
        const { user, token } = await one.request('account.register', {
          name,
          password: 'correct horse',
          device: 'bench',
        });
        return Object.assign(one, { user, token });
      },
      async stop() {
        door.close();
        await server.close();
      },
    };
  }
}
