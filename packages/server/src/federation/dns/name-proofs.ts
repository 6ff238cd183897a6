/**
 * Asks DNS whether the names that linked servers claim are theirs, when they are linked and whenever what DNS said has
 * expired. What DNS vouches for is bound; a forged answer takes the name of a mere claim; nothing else changes anything,
 * no record least of all. Links are made by keys, and stay whatever is said of names.
 */
import type { Log } from '../../log.ts';
import type { Runtime } from '../../runtime.ts';
import type { NameLookup, NameRecords } from './lookup.ts';

/** Who holds which name. */
export interface NameBinding {
  /** DNS proves that the name is this server's. */
  bind(name: string, server: string): void;
  /** A server says that this is its name; null: it has none that counts. */
  claim(name: string | null, server: string): unknown;
  /** The server that holds a name. */
  resolve(name: string): string | undefined;
}

export interface NameProofsOptions {
  readonly lookup: Pick<NameLookup, 'lookup'>;
  readonly names: NameBinding;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly log: Log;
}

/** Where nobody answers, as on a machine without a resolver, each server's name is asked for no more often. */
const unansweredMs = 300_000;

interface Watched {
  readonly name: string;
  cancel(): void;
}

export class NameProofs {
  readonly #options: NameProofsOptions;
  /** By server; as many as are linked. */
  readonly #watched = new Map<string, Watched>();

  constructor(options: NameProofsOptions) {
    this.#options = options;
  }

  /** A server that is linked claims this name, from now until it claims another or is lost. */
  claimed(server: string, name: string | null): void {
    const before = this.#watched.get(server);
    if (before?.name === name) return;
    this.lost(server);
    if (name === null) return;
    const watched: Watched = { name, cancel: () => {} };
    this.#watched.set(server, watched);
    void this.#check(server, watched);
  }

  /** The link with a server is over. */
  lost(server: string): void {
    this.#watched.get(server)?.cancel();
    this.#watched.delete(server);
  }

  close(): void {
    for (const server of [...this.#watched.keys()]) this.lost(server);
  }

  async #check(server: string, watched: Watched): Promise<void> {
    const records = await this.#options.lookup.lookup(watched.name);
    if (this.#watched.get(server) !== watched) return;
    this.#judge(server, watched.name, records);
    const waitMs = records.outcome === 'unavailable' ? unansweredMs : records.ttlMs;
    watched.cancel = this.#options.runtime.setTimer(() => void this.#check(server, watched), waitMs);
  }

  #judge(server: string, name: string, { outcome, id }: NameRecords): void {
    const { names, log } = this.#options;
    if (outcome === 'bogus') {
      log.warn({ server, name }, 'what DNS says of the name that a server claims is forged: it is shown by its key');
      names.claim(null, server);
      return;
    }
    if (outcome === 'unsigned' && id !== server)
      log.info({ server, name, id }, 'unsigned DNS gives a name to another server');
    const owner = outcome === 'validated' ? id : undefined;
    // Of a server that was never met nothing is kept: anybody could claim names of others without end.
    if (owner === server || (owner !== undefined && names.resolve(name) !== undefined)) names.bind(name, owner);
    const isFree = owner !== undefined && names.resolve(name) === undefined;
    // Of a name that is another's by now, the claim is refused.
    names.claim(isFree ? null : name, server);
  }
}
