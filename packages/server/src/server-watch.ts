/** Tells connections that want to know it when another server is called otherwise, can be reached, or cannot any more. */
import type { ServerReach } from '@parley/protocol';
import type { Names } from './federation/names.ts';
import type { Peers } from './federation/peers.ts';
import type { Hub } from './hub.ts';
import type { Limits } from './limits.ts';
import type { Runtime } from './runtime.ts';
import type { Session } from './session.ts';

export interface ServerWatchOptions {
  readonly peers: Pick<Peers, 'isLinked' | 'whenLinked' | 'whenLost'>;
  readonly names: Pick<Names, 'nameOf' | 'whenChanged'>;
  readonly hub: Pick<Hub, 'all' | 'listen' | 'unlisten' | 'signal' | 'whenOut'>;
  readonly runtime: Pick<Runtime, 'turnEnd'>;
  readonly limits: Pick<Limits, 'serversWatched'>;
  /** This server. */
  readonly id: string;
}

export class ServerWatch {
  readonly #options: ServerWatchOptions;
  /** Of each connection, the one that was named last at the end. */
  readonly #bySession = new Map<Session, Set<string>>();
  /** Those of which is told at the end of this turn: a link that is replaced is lost and made at once. */
  readonly #changed = new Set<string>();

  constructor(options: ServerWatchOptions) {
    this.#options = options;
    options.hub.whenOut((session) => this.#out(session));
    options.peers.whenLinked((server) => this.#changes(server));
    options.peers.whenLost((server) => this.#changes(server));
    options.names.whenChanged((server) => this.#changes(server));
  }

  /** What is known of others now, this server aside. */
  get(servers: readonly string[]): ServerReach[] {
    const { id } = this.#options;
    return [...new Set(servers)].filter((server) => server !== id).map((server) => this.#view(server));
  }

  /** From now on; of too many the first ones are forgotten. */
  watch(session: Session, servers: readonly string[]): void {
    const { hub, limits, id } = this.#options;
    if (!hub.all.has(session)) return;
    const own = this.#bySession.get(session) ?? new Set();
    this.#bySession.set(session, own);
    for (const server of servers) {
      if (server === id) continue;
      if (!own.delete(server)) hub.listen(session, topicOf(server));
      own.add(server);
      const [first] = own;
      if (own.size <= limits.serversWatched || first === undefined) continue;
      own.delete(first);
      hub.unlisten(session, topicOf(first));
    }
  }

  #view(server: string): ServerReach {
    const { names, peers } = this.#options;
    const { name, verified = false } = names.nameOf(server) ?? {};
    return { id: server, ...(name === undefined ? {} : { name }), verified, isLinked: peers.isLinked(server) };
  }

  #changes(server: string): void {
    this.#changed.add(server);
    if (this.#changed.size === 1) this.#options.runtime.turnEnd(() => this.#tell());
  }

  #tell(): void {
    const servers = [...this.#changed];
    this.#changed.clear();
    for (const server of servers)
      this.#options.hub.signal(topicOf(server), { event: 'server.changed', payload: this.#view(server) });
  }

  #out(session: Session): void {
    for (const server of this.#bySession.get(session) ?? []) this.#options.hub.unlisten(session, topicOf(server));
    this.#bySession.delete(session);
  }
}

const topicOf = (server: string): string => `server ${server}`;
