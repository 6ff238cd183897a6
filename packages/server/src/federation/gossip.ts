/**
 * Servers that are linked tell each other of the servers they know: each its own record at once, then the others a page
 * at a time, every version once on a link. So a network forms from one link, and what is told costs a trickle.
 */
import { limits } from '@parley/protocol';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { Lru } from '../lru.ts';
import type { Runtime } from '../runtime.ts';
import { nearnessOf } from './nearness.ts';
import type { OwnRecord } from './own-record.ts';
import type { Peers } from './peers.ts';
import { type KnownServer, type RecordSource, type Records, silentMs } from './records.ts';

/** Between two pages on one link: below what the other side takes. */
export const pageMs = 2_000;
/** Servers that are asked for one that is not known, and how long they have. */
const mostAsked = 8;
const findMs = 5_000;

export interface GossipOptions {
  readonly peers: Peers;
  readonly records: Records;
  readonly own: OwnRecord;
  readonly runtime: Pick<Runtime, 'now' | 'setTimer' | 'random'>;
  readonly log: Log;
  readonly limits: Pick<Limits, 'peers'>;
}

/** What is told with `bulk`, so that it never stands before what people say. */
const bulk = { priority: 'bulk', flow: 'records' } as const;

export class Gossip {
  readonly #options: GossipOptions;
  /** The number of the last change that each server was told of, those not linked any more included. */
  readonly #told: Lru<string, number>;
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(options: GossipOptions) {
    const { peers, records, own, limits } = options;
    this.#options = options;
    this.#told = new Lru(2 * limits.peers);
    peers.whenLinked((server) => this.#linked(server));
    peers.whenLost((server) => records.seen(server));
    peers.onFrame('record', (from, { records }) => this.#take(from, records));
    peers.onAsk('find', async (_from, { server }) => {
      const record = server === own.id ? own.current : records.get(server)?.record;
      return record ? { record: record.sealed } : {};
    });
    records.onChange(() => this.#soon());
    own.onChange((record) => {
      for (const server of peers.linked()) this.#tellOwn(server, record);
    });
  }

  /** Asks some of the linked servers for the record of one that is not known; resolves with whether it is now. */
  async find(server: string): Promise<boolean> {
    const { peers, records, runtime } = this.#options;
    if (records.get(server)) return true;
    const asked = peers
      .linked()
      .map((id) => ({ id, at: runtime.random() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, mostAsked);
    await Promise.allSettled(
      asked.map(async ({ id }) => {
        const { record } = await peers.ask(id, 'find', { server }, { priority: 'control', timeoutMs: findMs });
        if (record) records.take(record, this.#sourceOf(id));
      }),
    );
    return records.get(server) !== undefined;
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  #linked(server: string): void {
    const { own, records, peers, log } = this.#options;
    records.seen(server);
    own.ready().then(
      (record) => {
        if (peers.isLinked(server)) this.#tellOwn(server, record);
      },
      (error) => {
        if (!this.#closed) log.error({ error }, 'the record of this server could not be made');
      },
    );
    this.#soon();
  }

  #tellOwn(server: string, { sealed }: { sealed: Uint8Array }): void {
    this.#options.peers.send(server, 'record', { records: [sealed] }, { priority: 'control' });
  }

  #take(from: string, sealed: readonly Uint8Array[]): void {
    const { records, log } = this.#options;
    const source = this.#sourceOf(from);
    const refused = new Set<string>();
    for (const each of sealed) {
      const taken = records.take(each, source);
      if (!['newer', 'same', 'older', 'own'].includes(taken)) refused.add(taken);
    }
    if (refused.size > 0) log.debug({ server: from, reasons: [...refused] }, 'records of servers were not taken');
  }

  /** What came over a link that this server dialled is as near as that; who dials in may come through a proxy. */
  #sourceOf(from: string): RecordSource {
    const link = this.#options.peers.linkWith(from);
    const nearness = link?.direction === 'out' ? nearnessOf(link.address) : 'public';
    return { via: 'gossip', from, nearness };
  }

  #soon(): void {
    if (this.#closed || this.#cancel) return;
    this.#cancel = this.#options.runtime.setTimer(() => {
      this.#cancel = undefined;
      this.#tellAll();
    }, pageMs);
  }

  /** One page to everybody who lacks something. */
  #tellAll(): void {
    const { peers, records } = this.#options;
    let isBehind = false;
    for (const server of peers.linked()) {
      this.#tell(server);
      if ((this.#told.get(server) ?? 0) < records.nth) isBehind = true;
    }
    if (isBehind) this.#soon();
  }

  #tell(server: string): void {
    const { peers, records } = this.#options;
    const page: Uint8Array[] = [];
    let upTo = this.#told.get(server) ?? 0;
    let isWhole = true;
    for (const known of records.since(upTo)) {
      if (page.length === limits.serverRecordsPage) {
        isWhole = false;
        break;
      }
      upTo = known.nth;
      if (this.#isNews(known, server)) page.push(known.record.sealed);
    }
    if (isWhole) upTo = records.nth;
    // A link that is full is told with the next page.
    if (page.length === 0 || peers.send(server, 'record', { records: page }, bulk)) this.#told.set(server, upTo);
  }

  /** Of a server that lives, other than the one told and not learnt from it. */
  #isNews({ record, from, seenAt }: KnownServer, to: string): boolean {
    const { peers, runtime } = this.#options;
    if (record.server === to || from === to) return false;
    return peers.isLinked(record.server) || runtime.now() - seenAt < silentMs;
  }
}
