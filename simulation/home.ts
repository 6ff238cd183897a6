// A homeserver in the simulation: the product's own code over the simulated disk and network. It can die at any moment
// and be started again on what its disk kept.
import type { Link } from '@parley/link';
import {
  createHomeserver,
  createLimits,
  type Homeserver,
  type HomeserverOptions,
  type Identity,
  identityFromSeed,
  openLocalBus,
} from '@parley/server';
import { Disk } from './disk.ts';
import { Life } from './life.ts';
import type { World } from './world.ts';

export interface HomeOptions {
  /** Multiplies every rate limit; high, so that only tests of limits meet them. */
  rateFactor?: number;
  /** Rooms in memory: few, so that rooms are often loaded again. */
  loadedRooms?: number;
  guests?: boolean;
  /** How far its wall clock is off. */
  skewMs?: number;
  /** Hosts of other servers that it dials. */
  dials?: readonly string[];
  /** The host of a directory. */
  directory?: string;
}

/** Somebody who sits at the links of a server with others, and gives it others in their place. */
export interface Between {
  dialled(link: Link): Promise<Link>;
  accepted(link: Link): Promise<Link>;
}

/** A door for each encoding, and one for other servers. */
export const ports = { json: 1, cbor: 2, servers: 3 };

export class Home {
  readonly name: string;
  readonly disk: Disk;
  /** The server's id, the same in every life. */
  readonly id: string;
  readonly #world: World;
  readonly #options: HomeOptions;
  readonly identity: Identity;
  readonly #random: World['random'];
  #life: Life | undefined;
  #server: Homeserver | undefined;
  /** Lives so far. */
  lives = 0;
  between: Between | undefined;
  /** Called each time when it accepts connections. */
  onListening: () => void = () => {};
  /** Called with the id of each server that is linked. */
  onLinked: (server: string) => void = () => {};

  constructor(world: World, name: string, options: HomeOptions = {}) {
    this.#world = world;
    this.name = name;
    this.#options = options;
    this.#random = world.random.fork(name);
    this.disk = new Disk(world.clock, this.#random.fork('disk'));
    this.identity = identityFromSeed(this.#random.bytes(32));
    this.id = this.identity.id;
  }

  /** How far its wall clock is off. */
  get skewMs(): number {
    return this.#options.skewMs ?? 0;
  }

  get running(): boolean {
    return this.#life !== undefined && !this.#life.dead;
  }

  /** The one-time secret that makes an owner. */
  get ownerSecret(): string | undefined {
    return this.#server?.ownerSecret;
  }

  /** Starts the program; resolves when it accepts connections, or never when it dies before. */
  async start(): Promise<void> {
    if (this.running) return;
    try {
      await this.#start();
    } catch (error) {
      // A server that cannot read its disk ends with a message; its supervisor starts it again.
      this.#world.tell(() => `${this.name} cannot start: ${String(error)}`);
      if (this.disk.failing === 0) this.#world.fault(`${this.name} cannot start`, error);
      this.crash();
      await this.#world.clock.wait(1_000);
      await this.start();
    }
  }

  async #start(): Promise<void> {
    const { guests = true, dials = [], directory } = this.#options;
    const { network } = this.#world;
    const life = new Life(this.name, this.#world.clock, this.#random, this.skewMs);
    this.#life = life;
    this.lives += 1;
    this.#world.tell(() => `${this.name} starts`);
    life.onDeath(() => this.#world.tell(() => `${this.name} dies`));
    const server = await createHomeserver({
      db: this.disk.open(life),
      bus: openLocalBus(),
      identity: this.identity,
      runtime: life.runtime,
      log: this.#log(life),
      limits: this.#limits(),
      name: this.name,
      network: 'simulation',
      guests,
      signUpOpen: () => true,
      passwords,
      federation: {
        peers: dials.map((host) => `http://${host}`),
        directories: directory === undefined ? [] : [`http://${directory}`],
        dialDirectory: (url) => network.dial(life, { host: new URL(url).hostname, port: ports.servers }, 'cbor'),
        dial: (url) => {
          const dial = network.dial(life, { host: new URL(url).hostname, port: ports.servers }, 'cbor');
          const { between } = this;
          return between ? async (signal) => between.dialled(await dial(signal)) : dial;
        },
      },
    });
    if (life.dead) return;
    this.#server = server;
    const accept = (link: Link) => server.accept(link, { isLocal: true });
    for (const encoding of ['json', 'cbor'] as const)
      network.listen(life, { host: this.name, port: ports[encoding], encoding }, accept);
    const servers = { host: this.name, port: ports.servers, encoding: 'cbor' } as const;
    network.listen(life, servers, (link) => this.#welcome(life, server, link));
    this.#world.tell(() => `${this.name} listens`);
    this.onListening();
  }

  #welcome(life: Life, server: Homeserver, link: Link): void {
    if (!this.between) server.acceptServer(link);
    else
      this.between.accepted(link).then(
        (other) => !life.dead && server.acceptServer(other),
        () => {},
      );
  }

  /** Death without warning: what the disk had not confirmed may be lost. */
  crash(): void {
    this.#life?.kill();
    this.#life = undefined;
    this.#server = undefined;
  }

  /** Death, and a start on an older disk. */
  restore(image: Uint8Array): void {
    this.crash();
    this.disk.restore(image);
    this.#world.tell(() => `${this.name} is restored`);
  }

  /** A stop as an operator asks for it: nothing may be lost. */
  async stop(): Promise<void> {
    await this.#server?.close();
    this.crash();
  }

  #limits() {
    const { rateFactor = 1_000, loadedRooms = 2 } = this.#options;
    return createLimits({ rateFactor, loadedRooms, connections: 1_000 });
  }

  /** A server that logs an error has met what it did not expect, unless its disk failed or it is dead. */
  #log(life: Life): HomeserverOptions['log'] {
    const tell = (fields: object, message: string) =>
      this.#world.tell(() => `${this.name}: ${message} ${inWords(fields)}`);
    return {
      debug: tell,
      info: (fields, message) => {
        tell(fields, message);
        if (message === 'server linked') this.onLinked((fields as { server: string }).server);
      },
      warn: (fields, message) => {
        this.#world.tell(() => `${this.name} warns: ${message} ${inWords(fields)}`);
        // Two rooms may want one name at once; nothing else may contradict what is stored.
        const says = String(errorOf(fields));
        if (says.includes('constraint') && !says.includes('alias'))
          this.#world.fault(`${this.name}: ${message}`, fields);
      },
      error: (fields, message) => {
        this.#world.tell(() => `${this.name} has an error: ${message} ${inWords(fields)}`);
        const { hostile, noticed } = this.#world;
        if (hostile === this.id) return;
        if (hostile !== undefined && (fields as { server?: string }).server === hostile) noticed.push(message);
        else if (!life.dead && this.disk.failing === 0) this.#world.fault(`${this.name}: ${message}`, errorOf(fields));
      },
    };
  }
}

const errorOf = (fields: object): unknown => (fields as { error?: unknown }).error ?? fields;
const inWords = (fields: object): string => {
  const error = errorOf(fields);
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(fields);
};

/** Hashing takes real time on real threads: here a password is its own hash. */
const passwords: NonNullable<HomeserverOptions['passwords']> = {
  hash: async (password) => `plain:${password}`,
  check: async (password, stored) => ({ isRight: stored === `plain:${password}`, isOutdated: false }),
};
