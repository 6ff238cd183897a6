/**
 * What this server says of itself, signed anew whenever it changes and every day. The version is on disk before anybody
 * sees it, so that a restart never signs another record of the same version.
 */
import { limits, Refusal, type Relay, readServerRecord, type ServerRecord } from '@parley/protocol';
import type { Identity } from '../identity.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ServerRecordStore } from '../store/server-record.ts';
import { type SealedRecord, sealRecord } from './record.ts';

/** Others take a server for alive that renewed its record yesterday. */
export const renewMs = 86_400_000;

export interface OwnRecordOptions {
  readonly identity: Pick<Identity, 'id' | 'sign'>;
  readonly network: string;
  readonly store: Pick<ServerRecordStore, 'own' | 'write'>;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer'>;
  readonly log: Log;
}

/** What may change while the server runs. */
export type OwnParts = Pick<ServerRecord, 'name' | 'addresses' | 'relays' | 'features'>;

export class OwnRecord {
  readonly #options: OwnRecordOptions;
  readonly #listeners = new Set<(record: SealedRecord) => void>();
  #parts: OwnParts = { name: null, addresses: [], relays: [], features: [] };
  #current: SealedRecord | undefined;
  /** The highest version that is known of this key: of what is stored here, and of what others hold. */
  #version = 0;
  /** Whether somebody has asked for it: a server that stands alone signs nothing. */
  #isWanted = false;
  #isClosed = false;
  #work: Promise<unknown> = Promise.resolve();
  #cancel = (): void => {};

  private constructor(options: OwnRecordOptions) {
    this.#options = options;
  }

  static async open(options: OwnRecordOptions): Promise<OwnRecord> {
    const own = new OwnRecord(options);
    const stored = await options.store.own();
    // A data folder that got another identity keeps the record of the one before, which is of no use.
    if (stored?.server === options.identity.id) {
      const { record } = readServerRecord(stored.sealed);
      own.#version = stored.version;
      own.#current = { ...record, sealed: stored.sealed };
    }
    return own;
  }

  get id(): string {
    return this.#options.identity.id;
  }

  /** Where others dial this server, as the next record says. */
  get addresses(): readonly string[] {
    return this.#parts.addresses;
  }

  /** Servers through which this one is reached, as the next record says. */
  get relays(): readonly Relay[] {
    return this.#parts.relays;
  }

  /** The last one that was signed and is good still; undefined before the first. */
  get current(): SealedRecord | undefined {
    return this.#current;
  }

  /** Calls back with each new record. */
  onChange(listener: (record: SealedRecord) => void): void {
    this.#listeners.add(listener);
  }

  /** The record as of now, signed if need be, and from then on kept fresh. Rejects when it cannot be written down. */
  ready(): Promise<SealedRecord> {
    this.#isWanted = true;
    const renewed = this.#work.then(() => this.#renewed());
    this.#work = renewed.catch(() => {});
    return renewed;
  }

  /** Says this from now on. */
  set(parts: Partial<OwnParts>): void {
    this.#parts = { ...this.#parts, ...parts };
    this.#renew();
  }

  /** Others hold a record that this key signed and this server does not know: the next one exceeds it. */
  exceed({ server, version }: Pick<ServerRecord, 'server' | 'version'>): void {
    if (server !== this.id || version <= this.#version) return;
    this.#version = version;
    this.#current = undefined;
    this.#renew();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#work;
  }

  #renew(): void {
    if (!this.#isWanted || this.#isClosed) return;
    this.ready().catch((error) => {
      if (!this.#isClosed) this.#options.log.error({ error }, 'the record of this server could not be renewed');
    });
  }

  async #renewed(): Promise<SealedRecord> {
    const { identity, network, store, runtime } = this.#options;
    if (this.#isClosed) throw new Refusal('going-away');
    const now = runtime.now();
    this.#wake(now);
    if (this.#current && this.#isFresh(this.#current, now)) return this.#current;
    const version = Math.max(this.#version + 1, now);
    const expiresAt = now + limits.serverRecordMs;
    const record = sealRecord(identity, { network, server: identity.id, version, expiresAt, ...this.#parts });
    const { sealed } = record;
    const row = { server: identity.id, version, expiresAt, sealed, via: 'own', from: '', nearness: 'machine' } as const;
    await store.write([{ ...row, seenAt: now }], []);
    this.#version = version;
    this.#current = record;
    this.#wake(now);
    for (const listener of this.#listeners) listener(record);
    return record;
  }

  /** Whether it says what is to be said, and was signed within a day: before, where the clock was ahead. */
  #isFresh({ network, expiresAt, ...said }: SealedRecord, now: number): boolean {
    const leftMs = expiresAt - now;
    const isNew = leftMs > limits.serverRecordMs - renewMs && leftMs <= limits.serverRecordMs;
    return isNew && network === this.#options.network && partsOf(said) === partsOf(this.#parts);
  }

  #wake(now: number): void {
    this.#cancel();
    if (this.#isClosed || !this.#current) return;
    const dueAt = this.#current.expiresAt - limits.serverRecordMs + renewMs;
    this.#cancel = this.#options.runtime.setTimer(() => this.#renew(), Math.max(1_000, dueAt - now));
  }
}

const partsOf = ({ name, addresses, relays, features }: OwnParts): string =>
  JSON.stringify([name, addresses, relays.map(({ server, url }) => [server, url]), features]);
