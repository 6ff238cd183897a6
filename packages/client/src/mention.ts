import { limits, type Person, serverOf } from '@parley/protocol';
import type { ServerNames } from './api.ts';
import type { People } from './people.ts';

const mention =
  /(?<![\p{L}\p{N}_.@/-])@([\p{L}\p{N}][\p{L}\p{N}._-]*)(?::([\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?))?/gu;

/**
 * Ids of the people whom a text means by `@name` or `@name:server`. A name that several people have means the one of
 * one's own server, else nobody.
 */
export function mentioned(text: string, people: People, servers: Pick<ServerNames, 'idOf'>): string[] {
  const found = new Set<string>();
  for (const [, written = '', server] of text.matchAll(mention)) {
    if (found.size >= limits.mentions) break;
    const one = personMeant(people.named(written.replace(/[._-]+$/, '')), server, servers);
    if (one) found.add(one.id);
  }
  return [...found];
}

/** The one of several people of a name whom it means, with what may be a server after it; undefined for nobody. */
export function personMeant(
  named: readonly Person[],
  server: string | undefined,
  servers: Pick<ServerNames, 'idOf'>,
): Person | undefined {
  const id = server === undefined ? undefined : servers.idOf(server);
  const there = server === undefined ? [] : named.filter((one) => one.server === server || serverOf(one.id) === id);
  // What follows the colon may be the next word: then the name stands alone.
  if (there.length > 0) return there.length === 1 ? there[0] : undefined;
  if (named.length === 1) return named[0];
  const here = named.filter((one) => one.server === undefined);
  return here.length === 1 ? here[0] : undefined;
}
