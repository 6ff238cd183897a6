/** Other servers of the sample data: one whose name is proven, one that only claims it and is away, one without a name. */
import type { ServerName, ServerNames } from '@parley/client';
import { serverOf, toBase32 } from '@parley/protocol';
import { cell } from '../service/cell.ts';

const keyOf = (byte: number): string => toBase32(new Uint8Array(32).fill(byte));
export const ownServer = keyOf(1);
export const kanto: ServerName = serverName(keyOf(77), 'kanto.example', true, true);
export const chat: ServerName = serverName(keyOf(99), 'chat.example.org', false, false);
export const nameless: ServerName = serverName(keyOf(140), undefined, false, true);

function serverName(id: string, name: string | undefined, verified: boolean, reachable: boolean): ServerName {
  return { id, label: name ?? id.slice(0, 8), name, verified, reachable };
}

const known = [kanto, chat];

/** By its name or id; undefined for one that nobody knows. */
export const serverNamed = (label: string): ServerName | undefined =>
  known.find(({ id, name }) => id === label || name === label);

export function fakeServers(): ServerNames {
  const made = new Map(known.map((server) => [server.id, server]));
  // The same object each time, as from the real one: screens compare by it.
  const of = (id: string) => {
    const name = made.get(id) ?? serverName(id, undefined, false, true);
    made.set(id, name);
    return name;
  };
  const own = ['harbour.example', ownServer];
  return {
    ...cell<ReadonlyMap<string, ServerName>>(new Map(known.map((server) => [server.id, server]))),
    of,
    refresh: async () => undefined,
    labelOf: (user) => (serverOf(user) === ownServer ? undefined : of(serverOf(user)).label),
    idOf: (label) => serverNamed(label)?.id,
    elsewhere: (typed) => (own.includes(typed) ? undefined : typed),
  };
}
