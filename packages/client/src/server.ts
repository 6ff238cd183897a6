/**
 * What other servers are called. A name is what a server claims unless DNS proves it; only the id, its key, is proven.
 * Names are learnt from what one's own server answers, for it decides which server a name means.
 */
import {
  check,
  limits,
  type Payload,
  type Person,
  Refusal,
  type Reply,
  type RequestName,
  type ServerEvent,
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
  /** Null: it has none that counts. */
  name: string | null;
  /** Undefined: nothing was said of it. */
  verified?: boolean;
  reachable?: boolean;
}

export interface ServersPort {
  /** The server that one is signed in to. */
  own(): { id: string; name?: string } | undefined;
  /** Everybody who was seen. */
  people(): Iterable<Person>;
  online(): boolean;
  ask(servers: string[]): Promise<Reply<'server.get'>>;
  /** What is known has changed. */
  changed(): void;
}

export class Servers implements ServerNames {
  readonly #port: ServersPort;
  readonly #known = value<ReadonlyMap<string, ServerName>>(new Map());
  /** Servers that were seen, and of which nothing is known. */
  readonly #strange = new Map<string, ServerName>();
  /** Those that are to be asked for together. */
  #wanted = new Set<string>();
  /** Those that were asked for over this connection: changes are told. */
  readonly #asked = new Set<string>();

  constructor(port: ServersPort) {
    this.#port = port;
  }

  /** The id of one's own server; undefined while that is not known. */
  get own(): string | undefined {
    return this.#port.own()?.id;
  }

  get(): ReadonlyMap<string, ServerName> {
    return this.#known.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#known.subscribe(listener);
  }

  values(signal?: AbortSignal): AsyncIterable<ReadonlyMap<string, ServerName>> {
    return this.#known.values(signal);
  }

  of(id: string): ServerName {
    const known = this.get().get(id) ?? this.#strange.get(id);
    // Of one whose name came along with something else, nobody has said yet whether it can be reached.
    if (known?.reachable === undefined) this.#want(id);
    if (known) return known;
    const made = named({ id, name: undefined, verified: false, reachable: undefined });
    this.#strange.set(id, made);
    if (this.#strange.size > serverNames) this.#strange.delete(this.#strange.keys().next().value!);
    return made;
  }

  async refresh(ids: readonly string[]): Promise<void> {
    const others = ids.filter((id) => id !== this.own);
    for (let at = 0; at < others.length; at += limits.people) await this.#ask(others.slice(at, at + limits.people));
  }

  /** A new connection: what is known may be old. */
  opened(): void {
    this.#asked.clear();
    for (const id of [...this.get().keys(), ...this.#strange.keys()]) this.#want(id);
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

  /** A person of a server was seen, and what it was called there. */
  seen(id: string, label: string): void {
    if (id.startsWith(label) || !check(serverName, label).ok) this.of(id);
    else if (this.get().get(id)?.name === undefined) this.learn([{ id, name: label }]);
  }

  /** What one's own server tells of one that was asked for before. */
  take(event: ServerEvent): void {
    if (event.event !== 'server.changed') return;
    const { id, name = null, verified, isLinked } = event.payload;
    this.learn([{ id, name, verified, reachable: isLinked }]);
  }

  /** Takes what is told: a name means the server of which it was told last. */
  learn(told: readonly ToldServer[]): void {
    let known = this.get();
    for (const { id, name, verified, reachable } of told) {
      const held = known.get(id);
      const same = held !== undefined && held.name === (name ?? undefined);
      const next = {
        verified: verified ?? (same && held.verified),
        reachable: reachable ?? held?.reachable,
      };
      if (id === this.own || (same && held.verified === next.verified && held.reachable === next.reachable)) continue;
      const others = [...known].filter(
        ([other, { name: theirs }]) => other !== id && (name === null || theirs !== name),
      );
      this.#strange.delete(id);
      known = new Map([...others.slice(1 - serverNames), [id, named({ id, name: name ?? undefined, ...next })]]);
    }
    if (known === this.get()) return;
    this.#known.set(known);
    this.#port.changed();
  }

  /** Those with names, for the next run. */
  named(): ServerName[] {
    return [...this.get().values()].filter(({ name }) => name !== undefined);
  }

  clear(): void {
    if (this.get().size > 0) this.#known.set(new Map());
    this.#strange.clear();
    this.#wanted.clear();
    this.#asked.clear();
  }

  /** Asks, and is told of changes, for all that are wanted in this moment with one request. */
  #want(id: string): void {
    if (this.#asked.has(id) || id === this.own) return;
    this.#asked.add(id);
    if (this.#asked.size > serverNames) this.#asked.delete(this.#asked.keys().next().value!);
    this.#wanted.add(id);
    if (this.#wanted.size > 1) return;
    queueMicrotask(() => {
      const ids = [...this.#wanted];
      this.#wanted = new Set();
      void this.refresh(ids);
    });
  }

  /** What cannot be asked now is asked over the next connection. */
  async #ask(ids: string[]): Promise<void> {
    if (!this.#port.online()) return;
    const reply = await this.#port.ask(ids).catch(() => undefined);
    this.learn(
      (reply?.servers ?? []).map(({ id, name = null, verified, isLinked }) => {
        return { id, name, verified, reachable: isLinked };
      }),
    );
  }

  /** The only server seen whose key begins like this. */
  #byKey(letters: string): string | undefined {
    if (letters.length !== keyLetters) return undefined;
    const ids = new Set([...this.get().keys(), ...this.#strange.keys()]);
    for (const { id } of this.#port.people()) ids.add(serverOf(id));
    const meant = [...ids].filter((id) => id.startsWith(letters));
    return meant.length === 1 ? meant[0] : undefined;
  }
}

const named = (server: Omit<ServerName, 'label'>): ServerName => ({
  ...server,
  label: server.name ?? server.id.slice(0, keyLetters),
});

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
  if (request === 'peer.list') return (reply as Reply<'peer.list'>).peers.flatMap(heldName);
  if (request === 'server.list') return (reply as Reply<'server.list'>).servers.flatMap(heldName);
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

/** A name that another server holds, or that does not count, is none. */
function heldName(server: { id?: string; name?: string; nameState?: string }): ToldServer[] {
  const { id, name, nameState } = server;
  if (id === undefined || name === undefined || nameState === undefined || nameState === 'taken') return [];
  return [{ id, name, verified: nameState === 'verified' }];
}
