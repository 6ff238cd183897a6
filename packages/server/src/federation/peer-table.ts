/** Other servers as this one knows them: addresses that are dialled, and servers by their id. */
import type { PeerFault, PeerView } from '@parley/protocol';
import type { PeerSession } from './peer-session.ts';
import { handshakeMs } from './secure-link.ts';

export interface Address {
  readonly url: string;
  /** The server that answered here first; no other is taken. */
  server: string | undefined;
  /** Attempts that failed in a row. */
  failures: number;
  lastError: PeerFault | undefined;
  /** When it came into its state, Unix ms. */
  since: number;
  retry: { readonly at: number; cancel(): void } | undefined;
  /** The attempt under way. */
  attempt: { readonly done: Promise<void>; readonly stop: AbortController } | undefined;
}

export interface Server {
  readonly id: string;
  name: string | undefined;
  blocked: boolean;
  /** The one link that counts, with when it began on the steady clock. */
  current: { readonly session: PeerSession; readonly startedAt: number } | undefined;
  /** When it was linked or blocked, Unix ms. */
  since: number;
}

/**
 * Whether a new link with a server takes the place of the one there is. The latest handshake wins, so that a server that
 * lost its link is let in at once. Of two that come to be at the same time both servers keep the one that needs no relay,
 * or else, where they dialled each other, the one that the smaller id dialled.
 */
export function wins(
  newer: Pick<PeerSession, 'id' | 'direction' | 'transport'>,
  older: NonNullable<Server['current']>,
  ownId: string,
  elapsedMs: number,
): boolean {
  if (elapsedMs - older.startedAt >= handshakeMs) return true;
  const isDirect = newer.transport !== 'circuit';
  if (isDirect !== (older.session.transport !== 'circuit')) return isDirect;
  return newer.direction === older.session.direction || (newer.direction === 'out') === ownId < newer.id;
}

export class PeerTable {
  readonly addresses = new Map<string, Address>();
  readonly servers = new Map<string, Server>();
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed The only servers to link with; empty for all. */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  isAllowed(id: string): boolean {
    return this.#allowed.size === 0 || this.#allowed.has(id);
  }

  address(url: string, now: number): Address {
    const made: Address = {
      url,
      server: undefined,
      failures: 0,
      lastError: undefined,
      since: now,
      retry: undefined,
      attempt: undefined,
    };
    this.addresses.set(url, made);
    return made;
  }

  /** The server of this id, known from now on. */
  server(id: string, now: number): Server {
    const known = this.servers.get(id);
    if (known) return known;
    const made: Server = { id, name: undefined, blocked: false, current: undefined, since: now };
    this.servers.set(id, made);
    return made;
  }

  addressesOf(id: string): Address[] {
    return [...this.addresses.values()].filter(({ server }) => server === id);
  }

  /** Whether an address need not be dialled: its server is linked, or must not be. */
  isSettled({ server }: Address): boolean {
    if (server === undefined) return false;
    const known = this.servers.get(server);
    return !this.isAllowed(server) || known?.blocked === true || known?.current !== undefined;
  }

  /** Forgets a server that is neither linked, nor dialled, nor blocked. */
  drop(id: string): void {
    const known = this.servers.get(id);
    if (known && !known.current && !known.blocked && this.addressesOf(id).length === 0) this.servers.delete(id);
  }

  count(is: (server: Server) => boolean): number {
    let found = 0;
    for (const server of this.servers.values()) if (is(server)) found += 1;
    return found;
  }

  views(): PeerView[] {
    const byServer = Map.groupBy(this.addresses.values(), ({ server }) => server);
    const known = [...this.servers.values()].map((server) => viewOf(server, byServer.get(server.id) ?? []));
    return [...known, ...(byServer.get(undefined) ?? []).map((address) => viewOf(undefined, [address]))];
  }

  viewAt(address: Address): PeerView {
    const server = address.server === undefined ? undefined : this.servers.get(address.server);
    return viewOf(server, server ? this.addressesOf(server.id) : [address]);
  }
}

function linkOf({ direction, transport, address, traffic }: PeerSession): Partial<PeerView> {
  const { roundTripMs, queued, ...rest } = traffic;
  const ms = roundTripMs === undefined ? {} : { roundTripMs: Math.round(roundTripMs) };
  const relay = transport === 'circuit' ? { relay: address } : {};
  return { direction, ...relay, traffic: { ...rest, ...ms, lagMs: Math.round(rest.lagMs), queued: [...queued] } };
}

function viewOf(server: Server | undefined, addresses: readonly Address[]): PeerView {
  const known = {
    ...(server && { id: server.id }),
    ...(server?.name !== undefined && { name: server.name }),
    urls: addresses.map(({ url }) => url),
  };
  if (server?.blocked) return { ...known, state: 'blocked', since: server.since };
  if (server?.current) return { ...known, state: 'connected', since: server.since, ...linkOf(server.current.session) };
  const dialled = addresses.find(({ attempt }) => attempt !== undefined);
  const waiting = addresses.filter(({ retry }) => retry !== undefined).sort((a, b) => a.retry!.at - b.retry!.at);
  const shown = dialled ?? waiting[0] ?? addresses[0];
  const lastError = shown?.lastError;
  return {
    ...known,
    state: dialled ? 'connecting' : 'waiting',
    since: shown?.since ?? server?.since ?? 0,
    ...(lastError !== undefined && { lastError }),
    ...(!dialled && shown?.retry && { retryAt: shown.retry.at }),
  };
}
