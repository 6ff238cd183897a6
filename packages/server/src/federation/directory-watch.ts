/**
 * Keeps in touch with one directory: announces this server whenever its record changes, and takes in what the directory
 * tells of others. A directory that is away is dialled again for ever; nothing waits for it.
 */
import { type Dial, LinkClosed } from '@parley/link';
import {
  type DirectoryEntry,
  type DirectoryEvent,
  directoryProof,
  directoryVersion,
  limits,
  Refusal,
} from '@parley/protocol';
import type { Identity } from '../identity.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { retryDelayMs } from './backoff.ts';
import { DirectoryConnection } from './directory-connection.ts';
import { isAsFar, nearnessOf, nearnessOfUrl } from './nearness.ts';
import type { OwnRecord } from './own-record.ts';
import type { RecordSource, Records } from './records.ts';

export interface DirectoryWatchOptions {
  readonly url: string;
  readonly network: string;
  readonly dial: (url: string) => Dial;
  readonly identity: Pick<Identity, 'id' | 'sign'>;
  readonly own: OwnRecord;
  readonly records: Records;
  readonly runtime: Pick<Runtime, 'elapsed' | 'setTimer' | 'random'>;
  readonly log: Log;
  /** Told where the directory sees this server, if that may be where others find it. */
  readonly seenAt?: ((address: string) => void) | undefined;
}

/** Announcements until a record exceeds every one that the directory holds. */
const mostTries = 3;
/** A connection that lasted for so long was no failure. */
const settledMs = 60_000;
/** After one that was refused. */
const refusedMs = 60_000;
/** Failures in a row that a directory of another network counts as. */
const wrongFailures = 9;

class WrongDirectory extends Error {}

export class DirectoryWatch {
  readonly url: string;
  readonly #options: DirectoryWatchOptions;
  readonly #source: RecordSource;
  readonly #stop = new AbortController();
  #done: Promise<void> | undefined;
  #connection: DirectoryConnection | undefined;
  #challenge: Uint8Array | undefined;
  /** Where the list goes on, in which book, and whether all of it was read. */
  #book = '';
  #since = 0;
  #isWhole = false;
  #isAnnouncing = false;
  /** The record changed while it was announced. */
  #isStale = false;
  #cancelAgain = (): void => {};
  #wake = (): void => {};

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
    this.url = options.url;
    this.#source = { via: 'directory', from: options.url, nearness: nearnessOfUrl(options.url) };
    options.own.onChange(() => this.#announce());
  }

  get isConnected(): boolean {
    return this.#challenge !== undefined;
  }

  start(): void {
    this.#done ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#cancelAgain();
    this.#connection?.close();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { url, log, runtime } = this.#options;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        const beganAt = runtime.elapsed();
        await this.#visit();
        failures = runtime.elapsed() - beganAt < settledMs ? failures + 1 : 1;
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        failures = error instanceof WrongDirectory ? wrongFailures : failures + 1;
        const why = error instanceof LinkClosed || error instanceof Refusal || error instanceof WrongDirectory;
        log.warn({ url, failures, ...(why ? { reason: error.message } : { error }) }, 'no word from a directory');
      }
      await this.#pause(retryDelayMs(failures, runtime.random));
    }
  }

  /** From dialling to the end of the connection; rejects when it comes to nothing. */
  async #visit(): Promise<void> {
    const { url, dial, runtime, log, network } = this.#options;
    const link = await dial(url)(this.#stop.signal);
    const connection = new DirectoryConnection(link, runtime, (event) => this.#told(event));
    this.#connection = connection;
    if (this.#stop.signal.aborted) connection.close();
    try {
      const hello = await connection.request('hello', { versions: [directoryVersion] });
      if (hello.network !== network) throw new WrongDirectory(`it is of the network ${hello.network}`);
      this.#challenge = hello.challenge;
      if (hello.book !== this.#book) this.#since = 0;
      this.#book = hello.book;
      this.#isWhole = false;
      log.info({ url }, 'directory connected');
      const { from } = hello;
      // An address nearer than the directory is that of a proxy before it.
      if (from !== undefined && isAsFar(nearnessOf(from), this.#source.nearness)) this.#options.seenAt?.(from);
      await connection.request('watch', {});
      this.#announce();
      await this.#read(connection);
      await connection.closed;
      log.info({ url }, 'directory lost');
    } finally {
      this.#challenge = undefined;
      this.#connection = undefined;
      this.#cancelAgain();
      connection.close();
      await connection.closed;
    }
  }

  /** What changed since the last time. */
  async #read(connection: DirectoryConnection): Promise<void> {
    for (let more = true; more; ) {
      const page = await connection.request('list', { since: this.#since, limit: limits.directoryPage });
      for (const entry of page.entries) this.#take(entry);
      this.#since = page.entries.at(-1)?.revision ?? this.#since;
      more = page.more && page.entries.length > 0;
    }
    this.#isWhole = true;
  }

  #told({ event, payload }: DirectoryEvent): void {
    // Before the list was read to its end, what comes between its pages is not where it goes on.
    if (this.#isWhole) this.#since = payload.revision;
    if (event !== 'left') this.#take(payload);
    // The directory took another connection's end for this one's.
    else if (payload.server === this.#options.identity.id) this.#again(refusedMs);
  }

  #take({ record }: DirectoryEntry): void {
    const { records, log, url } = this.#options;
    const taken = records.take(record, this.#source);
    if (taken === 'full' || taken === 'too-fast') log.debug({ url, taken }, 'a record of a directory was not taken');
  }

  /** Tells what this server says of itself, now or after what is being told. */
  #announce(): void {
    this.#isStale = true;
    if (this.#isAnnouncing || !this.#challenge) return;
    this.#isAnnouncing = true;
    this.#announced()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#isAnnouncing = false;
      });
  }

  async #announced(): Promise<void> {
    const { own, records, identity, log, url } = this.#options;
    for (let tries = 0; this.#isStale && tries < mostTries; tries += 1) {
      const { sealed } = await own.ready();
      this.#isStale = false;
      const [connection, challenge] = [this.#connection, this.#challenge];
      if (!connection || !challenge) return;
      const proof = identity.sign(directoryProof(challenge, sealed));
      const { accepted, newest } = await connection.request('announce', { record: sealed, proof });
      if (accepted) continue;
      // If this key signed it, the next record exceeds it.
      log.warn({ url }, 'a directory holds a newer record of this server: making one that is newer still');
      if (newest) records.take(newest, this.#source);
      this.#isStale = true;
    }
    if (this.#isStale) this.#again(refusedMs);
  }

  #failed(error: unknown): void {
    const { log, url } = this.#options;
    if (error instanceof LinkClosed || this.#stop.signal.aborted) return;
    if (!(error instanceof Refusal)) log.error({ error, url }, 'announcing this server failed');
    else log.warn({ url, code: error.code }, 'a directory does not take this server');
    this.#again(error instanceof Refusal ? (error.detail.retryAfterMs ?? refusedMs) : refusedMs);
  }

  #again(delayMs: number): void {
    this.#cancelAgain();
    if (!this.#stop.signal.aborted) this.#cancelAgain = this.#options.runtime.setTimer(() => this.#announce(), delayMs);
  }

  #pause(delayMs: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.runtime.setTimer(resolve, delayMs);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
