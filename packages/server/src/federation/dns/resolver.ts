/**
 * Asks one validating resolver. What it says of validation counts only where it may be trusted, which is its user's to
 * say: between here and there, anybody could set the bit.
 */
import type { Runtime } from '../../runtime.ts';
import { type ExchangeOptions, overTcp, overUdp, type ResolverAddress } from './exchange.ts';
import { encodeQuestion, isCut, type Message, type Question, type ResourceRecord, readMessage } from './message.ts';
import { Slots } from './slots.ts';

export type Reply =
  /** The records of the name and type asked for, behind a chain of aliases; what they hold for, in seconds. */
  | { kind: 'records'; records: readonly ResourceRecord[]; ttlS: number; isValidated: boolean }
  /** The name does not exist, or has no such records. */
  | { kind: 'none'; ttlS: number; isValidated: boolean }
  /** The resolver found something and refused to vouch for it. */
  | { kind: 'bogus' }
  /** No answer that says anything. */
  | { kind: 'unavailable' };

export interface ResolverOptions {
  readonly address: ResolverAddress;
  /** Whether the way to the resolver is this machine's own, or as good. */
  readonly isTrusted: boolean;
  readonly runtime: Pick<Runtime, 'setTimer' | 'randomBytes'>;
}

/** For each attempt by UDP: a resolver that has to ask around takes seconds, a lost datagram should not. */
const udpTimeoutsMs = [2_000, 3_000, 5_000];
const tcpTimeoutMs = 5_000;
/** Questions under way at a time: a socket each. */
const maxUnderWay = 16;
/** Questions that wait for their turn, as when every server links again after a restart; more are refused. */
const maxWaiting = 1_024;
/** Aliases after each other. */
const maxAliases = 8;

const rcodes = { noError: 0, serverFailure: 2, noSuchName: 3 };
/** Extended errors: of validation, and that nobody could be asked [RFC 8914 §4]. */
const extendedErrors = { forged: [5, 6, 7, 8, 9, 10, 11, 12], unreachable: [14, 22, 23] };

export class Resolver {
  readonly #options: ResolverOptions;
  readonly #slots = new Slots(maxUnderWay, maxWaiting);
  readonly #closing = new AbortController();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async ask(question: Question): Promise<Reply> {
    const reply = await this.#slots.run(() => this.#ask(question));
    return reply ?? { kind: 'unavailable' };
  }

  /** Gives up what is under way: it is `unavailable`. */
  close(): void {
    this.#closing.abort();
  }

  async #ask(question: Question): Promise<Reply> {
    const message = await this.#message(question);
    if (message === undefined) return { kind: 'unavailable' };
    const isValidated = message.isAuthentic && this.#options.isTrusted;
    switch (message.rcode) {
      case rcodes.noError:
        return replyOf(message, question, isValidated);
      case rcodes.noSuchName:
        return { kind: 'none', ttlS: negativeTtlS(message), isValidated };
      case rcodes.serverFailure:
        return { kind: (await this.#isForged(message, question)) ? 'bogus' : 'unavailable' };
      default:
        return { kind: 'unavailable' };
    }
  }

  /**
   * A resolver fails alike when signatures are wrong and when it reaches nobody. Where it does not say which, it is asked
   * without validation: if it answers then, it was the signatures. What it answers so is never used.
   */
  async #isForged({ extendedError = 0 }: Message, question: Question): Promise<boolean> {
    if (extendedErrors.forged.includes(extendedError)) return true;
    if (extendedErrors.unreachable.includes(extendedError)) return false;
    const unchecked = await this.#message(question, true);
    return unchecked?.rcode === rcodes.noError || unchecked?.rcode === rcodes.noSuchName;
  }

  async #message(question: Question, isUnchecked = false): Promise<Message | undefined> {
    const { address, runtime } = this.#options;
    const exchange = (timeoutMs: number): ExchangeOptions => ({
      resolver: address,
      runtime,
      timeoutMs,
      signal: this.#closing.signal,
    });
    for (const timeoutMs of udpTimeoutsMs) {
      if (this.#closing.signal.aborted) return undefined;
      const asked = (): Buffer => encodeQuestion(this.#id(), question, isUnchecked);
      let bytes = await overUdp(asked(), exchange(timeoutMs));
      if (bytes && isCut(bytes)) bytes = await overTcp(asked(), exchange(tcpTimeoutMs));
      const message = bytes && readMessage(bytes);
      if (message && !message.isTruncated) return message;
    }
    return undefined;
  }

  #id(): number {
    const [high = 0, low = 0] = this.#options.runtime.randomBytes(2);
    return (high << 8) | low;
  }
}

/** Follows the aliases within the answer [RFC 1034 §3.6.2]; the resolver has put them all in. */
function replyOf(message: Message, { name, type }: Question, isValidated: boolean): Reply {
  const { answers } = message;
  let owner = name;
  let ttlS = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= maxAliases; aliases++) {
    const here = answers.filter((record) => record.name.toLowerCase() === owner && record.class === 'IN');
    const records = here.filter((record) => record.type === type);
    if (records.length > 0) return { kind: 'records', records, ttlS: Math.min(ttlS, lowestTtlS(records)), isValidated };
    const alias = here.find((record) => record.type === 'CNAME');
    if (alias?.type !== 'CNAME') return { kind: 'none', ttlS: Math.min(ttlS, negativeTtlS(message)), isValidated };
    ttlS = Math.min(ttlS, alias.ttl ?? 0);
    owner = alias.data.toLowerCase();
  }
  return { kind: 'unavailable' };
}

const lowestTtlS = (records: readonly ResourceRecord[]): number => Math.min(...records.map(({ ttl = 0 }) => ttl));

/** How long it stays absent [RFC 2308 §5]. */
function negativeTtlS({ authorities }: Message): number {
  const start = authorities.find((record) => record.type === 'SOA');
  return start?.type === 'SOA' ? Math.min(start.ttl ?? 0, start.data.minimum ?? 0) : 0;
}
