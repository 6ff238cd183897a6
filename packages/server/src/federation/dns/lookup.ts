/**
 * What DNS says of a server's name. Answers are kept as long as their records hold; a name is asked for once at a time.
 * Nothing waits for this but what is about the name itself: linking by it, and telling whether it is proven.
 */
import { Lru } from '../../lru.ts';
import type { Runtime } from '../../runtime.ts';
import {
  certificateName,
  idIn,
  inOrder,
  isDnsName,
  keysIn,
  serviceName,
  type Target,
  targetsIn,
  textName,
} from './records.ts';
import type { Reply, Resolver } from './resolver.ts';

/**
 * `validated`: the resolver vouches for the id. `unsigned`: it is what anybody on the way could have said. `bogus`: the
 * zone is signed, and what came is not. `none`: no such record, or none that can be read. `unavailable`: nobody knows.
 */
export type NameOutcome = 'validated' | 'unsigned' | 'bogus' | 'none' | 'unavailable';

export interface NameAddress extends Target {
  /** SHA-256 of the keys that its TLS certificate may have, in hex; empty where DNS vouches for none. */
  readonly tlsa: readonly string[];
}

export interface NameRecords {
  readonly outcome: NameOutcome;
  /** There when the outcome is `validated` or `unsigned`. */
  readonly id?: string;
  /** In the order in which to try them, which differs from time to time; may be empty. */
  readonly addresses: readonly NameAddress[];
  /** Why there is no id though there are records. */
  readonly problem?: 'several' | 'malformed';
  /** How long it holds, from when it was asked. */
  readonly ttlMs: number;
}

export interface HostAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface NameLookupOptions {
  readonly resolver: Pick<Resolver, 'ask' | 'close'>;
  readonly runtime: Pick<Runtime, 'elapsed' | 'random'>;
}

const shortestMs = 60_000;
const longestMs = 86_400_000;
/** Nobody answered, which may pass at once; as long as this it is not tried again. */
const failedMs = 5_000;
/** Of a host with more of them, others are not tried. */
const maxHostAddresses = 8;
/** Names remembered: less than a kilobyte each. */
const maxNames = 4_096;

interface Kept {
  readonly untilMs: number;
  readonly records: NameRecords;
}

export class NameLookup {
  readonly #resolver: NameLookupOptions['resolver'];
  readonly #runtime: NameLookupOptions['runtime'];
  readonly #kept = new Lru<string, Kept>(maxNames);
  readonly #underWay = new Map<string, Promise<NameRecords>>();

  constructor({ resolver, runtime }: NameLookupOptions) {
    this.#resolver = resolver;
    this.#runtime = runtime;
  }

  /** What DNS says of this name; of one that cannot be in DNS, nothing. Never rejects. */
  async lookup(name: string): Promise<NameRecords> {
    if (!isDnsName(name)) return { outcome: 'none', addresses: [], ttlMs: longestMs };
    const kept = this.#kept.get(name);
    const isFresh = kept !== undefined && this.#runtime.elapsed() < kept.untilMs;
    const records = isFresh ? kept.records : await this.#asked(name);
    return { ...records, addresses: inOrder(records.addresses, this.#runtime.random) };
  }

  /** The IP addresses of a host, IPv6 first; empty when there are none or nobody knows. Never rejects. */
  async hostAddresses(host: string): Promise<HostAddress[]> {
    const ask = (type: 'A' | 'AAAA') => this.#resolver.ask({ name: host, type });
    const replies = await Promise.all([ask('AAAA'), ask('A')]);
    const records = replies.flatMap((reply) => (reply.kind === 'records' ? reply.records : []));
    const addresses = records.flatMap((record): HostAddress[] => {
      if (record.type === 'A') return [{ address: record.data, family: 4 }];
      return record.type === 'AAAA' ? [{ address: record.data, family: 6 }] : [];
    });
    return addresses.slice(0, maxHostAddresses);
  }

  /** Gives up what is under way. */
  close(): void {
    this.#resolver.close();
  }

  #asked(name: string): Promise<NameRecords> {
    const already = this.#underWay.get(name);
    if (already) return already;
    const asked = this.#ask(name).then((records) => {
      this.#underWay.delete(name);
      this.#kept.set(name, { records, untilMs: this.#runtime.elapsed() + records.ttlMs });
      return records;
    });
    this.#underWay.set(name, asked);
    return asked;
  }

  async #ask(name: string): Promise<NameRecords> {
    const [text, service] = await Promise.all([
      this.#resolver.ask({ name: textName(name), type: 'TXT' }),
      this.#resolver.ask({ name: serviceName(name), type: 'SRV' }),
    ]);
    if (text.kind === 'bogus' || service.kind === 'bogus') return outcome('bogus', text, service);
    if (text.kind !== 'records') return outcome(text.kind, text);
    const found = idIn(text.records);
    if ('problem' in found) {
      const none = outcome('none', text);
      return found.problem === 'none' ? none : { ...none, problem: found.problem };
    }
    const { addresses, replies } = await this.#addresses(service);
    const known = outcome(text.isValidated ? 'validated' : 'unsigned', text, service, ...replies);
    return { ...known, id: found.id, addresses };
  }

  /** Where the server is. An address whose certificate DNS gives in a forged way is none [RFC 7672 §2.1.2]. */
  async #addresses(service: Reply): Promise<{ addresses: NameAddress[]; replies: Reply[] }> {
    const targets = service.kind === 'records' ? targetsIn(service.records) : [];
    if (service.kind !== 'records' || !service.isValidated)
      return { addresses: targets.map((target) => ({ ...target, tlsa: [] })), replies: [] };
    const replies = await Promise.all(
      targets.map((target) => this.#resolver.ask({ name: certificateName(target), type: 'TLSA' })),
    );
    const addresses = targets.flatMap((target, at) => {
      const reply = replies[at];
      if (reply?.kind === 'bogus' || reply?.kind === 'unavailable') return [];
      const isProven = reply?.kind === 'records' && reply.isValidated;
      return [{ ...target, tlsa: isProven ? keysIn(reply.records) : [] }];
    });
    return { addresses, replies };
  }
}

/** An outcome that holds as long as every reply it stands on. */
function outcome(outcome: NameOutcome, ...replies: readonly Reply[]): NameRecords {
  if (replies.some(({ kind }) => kind === 'unavailable')) return { outcome, addresses: [], ttlMs: failedMs };
  const ttlsMs = replies.map((reply) => ('ttlS' in reply ? reply.ttlS * 1_000 : 0));
  const ttlMs = Math.min(Math.max(Math.min(...ttlsMs), shortestMs), longestMs);
  return { outcome, addresses: [], ttlMs };
}
