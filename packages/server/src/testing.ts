/** A homeserver in memory with connections that speak the protocol. For tests. */

import { type Link, LinkClosed } from '@parley/link';
import { type MemoryOptions, memoryNetwork, pair } from '@parley/link/memory';
import {
  decodeServerFrame,
  type Encoding,
  type ErrorBody,
  type EventName,
  encodeFrame,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
  type SignedIn,
} from '@parley/protocol';
import type { Bus } from './bus/bus.ts';
import { createHomeserver, type Homeserver, type HomeserverOptions } from './homeserver.ts';
import { identityFromSeed } from './identity.ts';
import { createLimits } from './limits.ts';
import { type Log, silentLog } from './log.ts';
import { type MemoryDatabase, openLocalBus, openSqliteInMemory } from './main.ts';
import type { Measures } from './measures.ts';
import type { Passwords } from './password.ts';
import { runtime } from './runtime.ts';
import { createVirtualRuntime, type VirtualRuntime } from './runtime-virtual.ts';
import type { Database } from './store/database.ts';

/** Turns of the event loop that an answer may take. */
const patience = 20_000;

export interface TestServerOptions {
  /** Whose homeserver it is: 1 to 255. */
  seed?: number;
  loadedRooms?: number;
  rateFactor?: number;
  guests?: boolean;
  signUpOpen?: boolean;
  /** In memory unless given. */
  db?: Database | MemoryDatabase;
  bus?: Bus;
  runtime?: VirtualRuntime;
  log?: Log;
  passwords?: Passwords;
  measures?: Measures;
  /** What clients speak unless they say otherwise. */
  encoding?: Encoding;
  /** What it is called. */
  name?: string;
  /** How it reaches other servers. */
  federation?: HomeserverOptions['federation'];
}

export type TestServer = Awaited<ReturnType<typeof testServer>>;

export async function testServer({
  seed = 7,
  loadedRooms = 100,
  rateFactor = 100,
  guests = true,
  signUpOpen = true,
  db = openSqliteInMemory(),
  bus = openLocalBus(),
  runtime: clock = createVirtualRuntime(seed),
  log = silentLog,
  passwords = plainPasswords,
  encoding = 'json',
  name = 'test',
  federation,
  measures,
}: TestServerOptions = {}) {
  const home = await createHomeserver({
    db,
    bus,
    identity: identityFromSeed(new Uint8Array(32).fill(seed)),
    runtime: clock,
    log,
    limits: createLimits({ rateFactor, connections: 100, loadedRooms }),
    name,
    network: 'test',
    ...(federation ? { federation } : {}),
    ...(measures ? { measures } : {}),
    guests,
    signUpOpen: () => signUpOpen,
    passwords,
  });
  const settled = (): Promise<void> => settle(clock);
  return {
    home,
    db,
    /** Everything that is stored, as bytes. */
    image(): Uint8Array {
      if (!('image' in db)) throw new Error('the database is not in memory');
      return db.image();
    },
    runtime: clock,
    ...clientsOf(home, settled, encoding),
    advance: async (ms: number): Promise<void> => {
      clock.advance(ms);
      await settled();
    },
    async close(): Promise<void> {
      const closed = home.close();
      await settled();
      await closed;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** The ways to come to a server. */
function clientsOf(home: Homeserver, settled: () => Promise<void>, encoding: Encoding) {
  const connect = async (options: MemoryOptions = { encoding }): Promise<TestClient> => {
    const client = new TestClient(home, settled, pair(options));
    await client.request('session.hello', { versions: [1], client: 'test' });
    return client;
  };
  const account = async (name: string): Promise<TestClient> =>
    (await connect()).signedIn('account.register', { name, password: 'correct horse', device: 'test' });
  return {
    connect,
    account,
    /** A connection that has not said anything yet. */
    raw: () => new TestClient(home, settled, pair({ encoding })),
    /** The same from another address. */
    rawFrom: async (host: string) => new TestClient(home, settled, await linkFrom(host, { encoding })),
    /** The account that owns the server. */
    owner: async (name: string): Promise<TestClient> => {
      const client = await account(name);
      await client.request('account.claim', { secret: home.ownerSecret ?? '' });
      return client;
    },
    guest: async (name: string) => (await connect()).signedIn('account.guest', { name, device: 'test' }),
    resume: async (token: string) => (await connect()).signedIn('session.resume', { token }),
  };
}

/** Hashing takes time: here a password is its own hash. */
const plainPasswords: Passwords = {
  hash: async (password) => `plain:${password}`,
  check: async (password, stored) => ({ isRight: stored === `plain:${password}`, isOutdated: false }),
};

/** Lets everything happen that is due now. */
export async function settle(clock: Pick<VirtualRuntime, 'advance'>): Promise<void> {
  for (let i = 0; i < 50; i++) {
    await new Promise((resolve) => process.nextTick(resolve));
    for (let j = 0; j < 20; j++) await undefined;
    clock.advance(0);
  }
}

/** A link whose other end sees `host` as the address. */
async function linkFrom(host: string, options: MemoryOptions): Promise<[Link, Link]> {
  const network = memoryNetwork(options);
  const accepted: Link[] = [];
  const here = { host: 'here', port: 1 };
  network.listen(here, (link) => accepted.push(link));
  const client = await network.dial(host, here)();
  return [client, accepted[0]!];
}

export class TestClient {
  readonly link: Link;
  readonly events: ServerEvent[] = [];
  /** Errors with the id of what they answer. */
  readonly errors: (ErrorBody & { of: number })[] = [];
  token = '';
  user = '';
  #waiting = new Map<number, { resolve(reply: unknown): void; reject(error: unknown): void }>();
  #next = 0;
  /** Lets everything happen that is due now. */
  readonly settle: () => Promise<void>;

  constructor(home: Homeserver, settled: () => Promise<void>, [client, server]: [Link, Link]) {
    this.link = client;
    this.settle = settled;
    home.accept(server, { isLocal: true });
    void this.#read();
  }

  async #read(): Promise<void> {
    for await (const bytes of this.link.frames()) {
      const frame = decodeServerFrame(this.link.encoding, bytes);
      if ('event' in frame) this.events.push(frame as ServerEvent);
      else if ('error' in frame) {
        this.errors.push({ ...frame.error, of: frame.id });
        this.#waiting.get(frame.id)?.reject(new Refusal(frame.error.code, frame.error));
      } else this.#waiting.get(frame.id)?.resolve(frame.reply);
    }
    const reason = await this.link.closed;
    for (const { reject } of this.#waiting.values()) reject(new LinkClosed(reason));
  }

  async request<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>> {
    const id = ++this.#next;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    let isDone = false;
    promise
      .catch(() => {})
      .finally(() => {
        isDone = true;
      });
    await this.link.send(encodeFrame(this.link.encoding, { id, request: name, payload }));
    await this.settle();
    // A database in a file answers from another thread.
    for (let turn = 0; turn < patience && !isDone; turn++) {
      await new Promise<void>((resolve) => void runtime.nextTurn(resolve));
      await this.settle();
    }
    return promise as Promise<Reply<N>>;
  }

  async signedIn<N extends 'account.register' | 'account.guest' | 'session.resume' | 'session.signIn'>(
    name: N,
    payload: Payload<N>,
  ): Promise<this> {
    const { token, user } = (await this.request(name, payload)) as SignedIn;
    this.token = token;
    this.user = user;
    return this;
  }

  async createRoom(alias: string): Promise<string> {
    const { sync } = await this.request('room.create', { alias, clientId: `create:${alias}` });
    return sync.room.id;
  }

  /** Takes the next event of a kind that fits; fails when there is none. */
  async next<N extends EventName>(name: N, fits: (payload: Payload<N>) => boolean = () => true): Promise<Payload<N>> {
    await this.settle();
    const at = this.events.findIndex((event) => event.event === name && fits(event.payload as Payload<N>));
    if (at < 0) throw new Error(`no ${name} among ${this.events.map(({ event }) => event).join(', ')}`);
    return this.events.splice(at, 1)[0]!.payload as Payload<N>;
  }
}
