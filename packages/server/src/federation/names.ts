/**
 * Which server holds a name. What a server says of itself is a claim: the first one that is heard is pinned, and who
 * claims the name after it is shown by its key. What DNS proves displaces a pin, and stays until DNS proves another.
 */
import { isIP } from 'node:net';
import type { NameState } from '@parley/protocol';
import { isLoopback } from '../address.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ServerNameStore, StoredServerName } from '../store/server-name.ts';

export interface NamesOptions {
  readonly store: ServerNameStore;
  readonly runtime: Pick<Runtime, 'now'>;
  readonly log: Log;
  readonly limits: Pick<Limits, 'serverNames'>;
  /** Whether a server is known still: pins of others go first when there is no room. */
  readonly isKnown: (server: string) => boolean;
}

export interface HeldName {
  readonly name: string;
  /** Whether DNS proves it. */
  readonly verified: boolean;
}

/** `taken`: another server holds it. `unusable`: it says nothing, or could be taken for something else. */
export type Claimed = 'held' | 'taken' | 'unusable' | 'full';

/** Whoever has a zone can prove names without end. */
const mostNames = 8;

export class Names {
  readonly #options: NamesOptions;
  readonly #byName = new Map<string, StoredServerName>();
  /** Names of a server: one pin at most, and what DNS proves. */
  readonly #byServer = new Map<string, Set<string>>();
  /** What each server last claimed, where it does not hold it. */
  readonly #refused = new Map<string, string>();
  readonly #listeners: ((server: string) => void)[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(options: NamesOptions) {
    this.#options = options;
  }

  static async open(options: NamesOptions): Promise<Names> {
    const names = new Names(options);
    for (const held of await options.store.all()) names.#hold(held);
    return names;
  }

  /** Calls it with every server that holds another name than before, from now on. */
  whenChanged(listener: (server: string) => void): void {
    this.#listeners.push(listener);
  }

  /** A server says that this is its name; null: it has none any more. */
  claim(name: string | null, server: string): Claimed {
    const { runtime, log } = this.#options;
    this.#refused.delete(server);
    for (const other of this.#namesOf(server)) if (!other.verified && other.name !== name) this.#release(other);
    if (name === null || !isUsable(name)) return 'unusable';
    const held = this.#byName.get(name);
    if (held?.server === server) return 'held';
    if (held) {
      this.#refuse(name, server);
      log.warn(
        { name, server, holder: held.server, verified: held.verified },
        'another server holds the name that this one claims',
      );
      return 'taken';
    }
    if (!this.#makeRoom('claim')) return 'full';
    this.#keep({ name, server, verified: false, since: runtime.now() });
    return 'held';
  }

  /** DNS proves that the name is this server's, one of the last eight that it proved. */
  bind(name: string, server: string): void {
    const { runtime, log } = this.#options;
    const held = this.#byName.get(name);
    if (held?.server === server && held.verified) return;
    if (held && held.server !== server) {
      log.warn({ name, server, displaced: held.server, verified: held.verified }, 'DNS gives a name to another server');
      this.#release(held);
      this.#refuse(name, held.server);
    }
    if (this.#refused.get(server) === name) this.#refused.delete(server);
    const [oldest, ...others] = this.#namesOf(server).filter((own) => own.name !== name);
    if (oldest && others.length + 1 >= mostNames) this.#release(oldest);
    if (this.#byName.has(name) || this.#makeRoom('proof'))
      this.#keep({ name, server, verified: true, since: runtime.now() });
  }

  /** The name to show a server by; undefined: by its key. Of several, one that DNS proves. */
  nameOf(server: string): HeldName | undefined {
    const held = this.#namesOf(server);
    const shown = held.find(({ verified }) => verified) ?? held[0];
    return shown && { name: shown.name, verified: shown.verified };
  }

  /** The server that holds a name. */
  resolve(name: string): string | undefined {
    return this.#byName.get(name)?.server;
  }

  /** Whether a name is proven; undefined while nobody holds it. */
  isVerified(name: string): boolean | undefined {
    return this.#byName.get(name)?.verified;
  }

  /** How it stands with a name that a server claims; undefined when the name does not count. */
  stateOf(server: string, name: string): NameState | undefined {
    const held = this.#byName.get(name);
    if (held && held.server !== server) return 'taken';
    return held && (held.verified ? 'verified' : 'unverified');
  }

  /** The name that a server claims and another one holds. */
  refusedTo(server: string): string | undefined {
    return this.#refused.get(server);
  }

  /** Resolves when everything is on disk. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  #namesOf(server: string): StoredServerName[] {
    return [...(this.#byServer.get(server) ?? [])].map((name) => this.#byName.get(name)!);
  }

  /** What is proven goes only for what is proven. */
  #makeRoom(by: 'claim' | 'proof'): boolean {
    const { limits, isKnown } = this.#options;
    if (this.#byName.size < limits.serverNames) return true;
    const forgotten = [...this.#byName.values()].filter((held) => !isKnown(held.server));
    const first = forgotten.find(({ verified }) => !verified) ?? (by === 'proof' ? forgotten[0] : undefined);
    if (first) this.#release(first);
    return first !== undefined;
  }

  #keep(held: StoredServerName): void {
    this.#hold(held);
    this.#write(() => this.#options.store.put(held));
    for (const listener of this.#listeners) listener(held.server);
  }

  #release({ name, server }: StoredServerName): void {
    this.#byName.delete(name);
    const names = this.#byServer.get(server);
    names?.delete(name);
    if (names?.size === 0) this.#byServer.delete(server);
    this.#write(() => this.#options.store.remove(name));
    for (const listener of this.#listeners) listener(server);
  }

  #hold(held: StoredServerName): void {
    this.#byName.set(held.name, held);
    const names = this.#byServer.get(held.server);
    if (names) names.add(held.name);
    else this.#byServer.set(held.server, new Set([held.name]));
  }

  #refuse(name: string, server: string): void {
    this.#refused.set(server, name);
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > this.#options.limits.serverNames && oldest) this.#refused.delete(oldest);
  }

  #write(work: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(work).catch((error) => {
      this.#options.log.error({ error }, 'the name of a server could not be written');
    });
  }
}

/** A DNS name [RFC 1123 §2.1] that is no address, no name of every machine, and does not look like a server's id. */
function isUsable(name: string): boolean {
  if (isIP(name) !== 0 || isLoopback(name) || /^[a-z2-7]{52}$/.test(name)) return false;
  return name.length <= 253 && name.split('.').every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/.test(label));
}
