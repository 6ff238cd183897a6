/** A directory in memory or over real sockets, and servers that speak to it. For tests. */
import type { Dial, Link } from '@parley/link';
import { memoryNetwork } from '@parley/link/memory';
import { dial } from '@parley/link/websocket';
import {
  type DirectoryEvent,
  type DirectoryPayload,
  type DirectoryReply,
  type DirectoryRequest,
  directoryPath,
  directoryProof,
  directorySubprotocol,
  encodeFrame,
  type ServerRecord,
} from '@parley/protocol';
import { Buckets } from '../bucket.ts';
import { DirectoryConnection } from '../federation/directory-connection.ts';
import { seedBytes, testRecord } from '../federation/testing-record.ts';
import { type Identity, identityFromSeed } from '../identity.ts';
import { silentLog } from '../log.ts';
import { type MemoryDatabase, openSqliteInMemory } from '../main.ts';
import { runtime as realRuntime } from '../runtime.ts';
import { createVirtualRuntime, type VirtualRuntime } from '../runtime-virtual.ts';
import { directoryStore } from '../store/directory.ts';
import { directoryMigrations } from '../store/directory-schema.ts';
import { migrate } from '../store/migrations.ts';
import { Book } from './book.ts';
import { bounds, rates } from './bounds.ts';
import { serveVisit } from './visit.ts';

export interface TestDirectoryOptions {
  readonly db?: MemoryDatabase;
  readonly runtime?: VirtualRuntime;
  readonly servers?: number;
  readonly network?: string;
  readonly announceBurst?: number;
}

/** A directory that stands on a clock of its own, and is dialled over memory. */
export async function testDirectory(options: TestDirectoryOptions = {}) {
  const { db = openSqliteInMemory(), runtime = createVirtualRuntime(77), network = 'test' } = options;
  await migrate(db, directoryMigrations);
  const limited = { ...bounds, servers: options.servers ?? bounds.servers };
  const book = await Book.open({ network, store: directoryStore(db), runtime, log: silentLog, bounds: limited });
  const links = memoryNetwork({ encoding: 'cbor' });
  const bucketsOf = (rate: { burst: number; perMinute: number }): Buckets =>
    new Buckets({ ...rate, maxKeys: 100, elapsed: runtime.elapsed });
  const announceRate = { ...rates.announce, burst: options.announceBurst ?? rates.announce.burst };
  const buckets = { request: bucketsOf(rates.request), announce: bucketsOf(announceRate) };
  const at = { host: 'directory', port: 1 };
  const accepted = new Set<Link>();
  const door = links.listen(at, (link) => {
    accepted.add(link);
    const frameOf = (event: DirectoryEvent): Uint8Array => encodeFrame('cbor', event);
    void serveVisit(link, { book, buckets, runtime, log: silentLog, frameOf });
  });
  return {
    book,
    db,
    runtime,
    accepted,
    dial: (from: string): Dial => links.dial(from, at),
    async visitor(seed = 1): Promise<Visitor> {
      return Visitor.over(await links.dial(`s${seed}`, at)(), seed);
    },
    /** As a process that stops; the database stays. */
    async close(): Promise<void> {
      await book.close();
      await door.close();
    },
  };
}

/** Dials a directory at its URL. */
export function dialTestDirectory(url: string): Dial {
  const address = `${url.replace(/^http/, 'ws')}${directoryPath}`;
  return dial(address, { encoding: 'cbor', subprotocol: directorySubprotocol });
}

/** The server of a seed, by hand. */
export class Visitor {
  readonly link: Link;
  readonly events: DirectoryEvent[] = [];
  readonly identity: Identity;
  readonly #seed: number;
  readonly #connection: DirectoryConnection;
  #waiting: (() => void)[] = [];
  challenge: Uint8Array = new Uint8Array();
  book = '';

  constructor(link: Link, seed: number) {
    this.link = link;
    this.#seed = seed;
    this.identity = identityFromSeed(seedBytes(seed));
    this.#connection = new DirectoryConnection(link, realRuntime, (event) => {
      this.events.push(event);
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** Greets. */
  static async over(link: Link, seed: number): Promise<Visitor> {
    const visitor = new Visitor(link, seed);
    const { challenge, book } = await visitor.request('hello', { versions: [1] });
    visitor.challenge = challenge;
    visitor.book = book;
    return visitor;
  }

  static async at(url: string, seed: number): Promise<Visitor> {
    return Visitor.over(await dialTestDirectory(url)(), seed);
  }

  get id(): string {
    return this.identity.id;
  }

  request<N extends DirectoryRequest>(name: N, payload: DirectoryPayload<N>): Promise<DirectoryReply<N>> {
    return this.#connection.request(name, payload);
  }

  /** Announces itself, with a record of these fields. */
  announce(fields: Partial<ServerRecord> = {}): Promise<DirectoryReply<'announce'>> {
    const { sealed } = testRecord(this.#seed, fields);
    return this.request('announce', { record: sealed, proof: this.prove(sealed) });
  }

  prove(sealed: Uint8Array): Uint8Array {
    return this.identity.sign(directoryProof(this.challenge, sealed));
  }

  /** Takes the next event, when it comes. */
  async next(): Promise<DirectoryEvent> {
    while (this.events.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.events.shift()!;
  }

  /** Says goodbye. */
  async leave(): Promise<void> {
    this.#connection.close();
    await this.#connection.closed;
  }
}
