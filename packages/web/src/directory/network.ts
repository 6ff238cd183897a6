/** The servers of a network as the directory tells of them, in whatever order that arrives. */

export interface Server {
  server: string;
  name: string | null;
  addresses: readonly string[];
  /** Servers through which it is reached. */
  relays: readonly string[];
  present: boolean;
  joinedAt: number;
  seenAt: number;
  /** Of two things said of one server the higher one counts. */
  revision: number;
}

export type Change = 'joined' | 'changed' | 'left';

/** `k7qd…2m9a`. */
export const shortKey = (server: string): string => `${server.slice(0, 4)}…${server.slice(-4)}`;

/** What to call a server: names are claims, so who has none is called by its key. */
export const titleOf = ({ name, server }: Pick<Server, 'name' | 'server'>): string => name ?? `key ${shortKey(server)}`;

export class Network {
  #servers = new Map<string, Server>();
  /** How many servers claim each name. */
  readonly #claims = new Map<string, number>();

  get size(): number {
    return this.#servers.size;
  }

  get(server: string): Server | undefined {
    return this.#servers.get(server);
  }

  /** False when something newer is known already. */
  put(server: Server): boolean {
    const known = this.#servers.get(server.server);
    if (known && known.revision >= server.revision) return false;
    if (known?.name) this.#claim(known.name, -1);
    if (server.name) this.#claim(server.name, 1);
    this.#servers.set(server.server, server);
    return true;
  }

  /** It went; undefined when that is no news. */
  left(server: string, revision: number, seenAt: number): Server | undefined {
    const known = this.#servers.get(server);
    if (!known || known.revision >= revision) return undefined;
    const gone = { ...known, present: false, revision, seenAt };
    this.#servers.set(server, gone);
    return gone;
  }

  claimsOf(name: string): number {
    return this.#claims.get(name) ?? 0;
  }

  /** Those that are there before those that are not, the newest first. */
  sorted(wanted = ''): Server[] {
    const text = wanted.trim().toLowerCase();
    const fits = ({ server, name, addresses }: Server): boolean =>
      text === '' || [server, name ?? '', ...addresses].some((part) => part.includes(text));
    return [...this.#servers.values()]
      .filter(fits)
      .sort((a, b) => Number(b.present) - Number(a.present) || b.joinedAt - a.joinedAt || b.revision - a.revision);
  }

  count(is: (server: Server) => boolean): number {
    let found = 0;
    for (const server of this.#servers.values()) if (is(server)) found += 1;
    return found;
  }

  #claim(name: string, by: number): void {
    const count = this.claimsOf(name) + by;
    if (count > 0) this.#claims.set(name, count);
    else this.#claims.delete(name);
  }
}
