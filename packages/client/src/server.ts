/**
 * What other servers are called. A name is what a server claims unless DNS proves it; only the id, its key, is proven.
 * Names are learnt from what one's own server answers, for it decides which server a name means.
 */
import {
  check,
  type Payload,
  type Person,
  Refusal,
  type Reply,
  type RequestName,
  serverId,
  serverName,
  serverOf,
} from '@parley/protocol';
import { readServer } from './address.ts';
import type { ServerName, ServerNames } from './api.ts';
import { serverNames } from './limits.ts';
import { value } from './readable.ts';

/** Letters of an id that stand for a server whose name is not known; servers write as many. */
const keyLetters = 8;

export interface ToldServer {
  id: string;
  name: string;
  /** Undefined: nothing was said of it. */
  verified?: boolean;
}

export interface ServersPort {
  /** The server that one is signed in to. */
  own(): { id: string; name?: string } | undefined;
  /** Everybody who was seen. */
  people(): Iterable<Person>;
}

export class Servers implements ServerNames {
  readonly #port: ServersPort;
  readonly #names = value<ReadonlyMap<string, ServerName>>(new Map());
  /** Servers that were seen without a name. */
  readonly #keys = new Map<string, ServerName>();

  constructor(port: ServersPort) {
    this.#port = port;
  }

  /** The id of one's own server; undefined while that is not known. */
  get own(): string | undefined {
    return this.#port.own()?.id;
  }

  get(): ReadonlyMap<string, ServerName> {
    return this.#names.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#names.subscribe(listener);
  }

  values(signal?: AbortSignal): AsyncIterable<ReadonlyMap<string, ServerName>> {
    return this.#names.values(signal);
  }

  of(id: string): ServerName {
    const known = this.get().get(id) ?? this.#keys.get(id);
    if (known) return known;
    const made = { id, label: id.slice(0, keyLetters), name: undefined, verified: false };
    this.#keys.set(id, made);
    if (this.#keys.size > serverNames) this.#keys.delete(this.#keys.keys().next().value!);
    return made;
  }

  labelOf(user: string, told?: string): string | undefined {
    const id = serverOf(user);
    if (this.own === undefined || id === this.own) return this.own === undefined ? told : undefined;
    return this.get().get(id)?.label ?? told ?? this.of(id).label;
  }

  idOf(label: string): string | undefined {
    const read = readServer(label);
    if (read === undefined) return undefined;
    const own = this.#port.own();
    if (read === own?.id || read === own?.name) return own.id;
    if (check(serverId, read).ok) return read;
    for (const { id, name } of this.get().values()) if (name === read) return id;
    return this.#byKey(read);
  }

  elsewhere(typed: string): string | undefined {
    const read = readServer(typed);
    if (read === undefined) throw new Refusal('not-found');
    const own = this.#port.own();
    if (read === own?.id || read === own?.name) return undefined;
    const isName = [...this.get().values()].some(({ name }) => name === read);
    // One's own server decides whom a name means; beginnings of keys it does not take.
    return isName ? read : (this.#byKey(read) ?? read);
  }

  /** Takes what is told: a name means the server of which it was told last. Returns whether that is news. */
  learn(told: readonly ToldServer[]): boolean {
    let names = this.get();
    for (const { id, name, verified } of told) {
      const held = names.get(id);
      const before = held?.name === name && held.verified;
      const now = verified ?? before;
      if (id === this.#port.own()?.id || (held?.name === name && before === now)) continue;
      const others = [...names].filter(([other, { name: theirs }]) => theirs !== name && other !== id);
      names = new Map([...others.slice(1 - serverNames), [id, { id, label: name, name, verified: now }]]);
    }
    const isNews = names !== this.get();
    if (isNews) this.#names.set(names);
    return isNews;
  }

  clear(): void {
    if (this.get().size > 0) this.#names.set(new Map());
    this.#keys.clear();
  }

  /** The only server seen whose key begins like this. */
  #byKey(letters: string): string | undefined {
    if (letters.length !== keyLetters) return undefined;
    const ids = new Set([...this.get().keys(), ...this.#keys.keys()]);
    for (const { id } of this.#port.people()) ids.add(serverOf(id));
    const meant = [...ids].filter((id) => id.startsWith(letters));
    return meant.length === 1 ? meant[0] : undefined;
  }
}

/** What one's own server calls another, where that is more than the beginning of its key. */
export const labelTold = (id: string, label: string): ToldServer[] =>
  id.startsWith(label) || !check(serverName, label).ok ? [] : [{ id, name: label }];

/** What an earlier run has learnt, as far as it is of the right form. */
export function readNames(held: unknown): ToldServer[] {
  if (!Array.isArray(held)) return [];
  return held.slice(0, serverNames).flatMap((each: Partial<ServerName> | null): ToldServer[] => {
    const [id, name] = [check(serverId, each?.id), check(serverName, each?.name)];
    return id.ok && name.ok ? [{ id: id.value, name: name.value, verified: each?.verified === true }] : [];
  });
}

/** The names of servers that an answer tells. */
export function namesTold<N extends RequestName>(request: N, payload: Payload<N>, reply: Reply<N>): ToldServer[] {
  if (request === 'peer.list') return namesOfPeers(reply as Reply<'peer.list'>);
  const { server: name } = payload as { server?: string };
  if (name === undefined || check(serverId, name).ok) return [];
  const ids = new Set(serversIn(request, reply));
  const [id] = ids;
  // What is kept by several servers does not tell which of them was asked.
  return id !== undefined && ids.size === 1 ? [{ id, name }] : [];
}

function serversIn(request: RequestName, reply: unknown): string[] {
  const views =
    request === 'room.list'
      ? (reply as Reply<'room.list'>).rooms
      : request === 'room.resolve'
        ? [(reply as Reply<'room.resolve'>).room]
        : [];
  if (request === 'user.find') return (reply as Reply<'user.find'>).people.map(({ id }) => serverOf(id));
  return views.flatMap(({ server }) => (server === undefined ? [] : [server]));
}

/** A name that two servers claim names none. */
function namesOfPeers({ peers }: Reply<'peer.list'>): ToldServer[] {
  const claims = Map.groupBy(peers, ({ name }) => name);
  return peers.flatMap(({ id, name }) => {
    const isOnly = new Set(claims.get(name)?.map((peer) => peer.id)).size === 1;
    return id !== undefined && name !== undefined && isOnly ? [{ id, name }] : [];
  });
}
