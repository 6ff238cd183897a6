/** Whom a name means, and the conversation with them. */
import {
  check,
  type Payload,
  Refusal,
  type Reply,
  type RequestName,
  type RoomView,
  serverOf,
  userId,
} from '@parley/protocol';
import { readPerson } from './address.ts';
import type { ServerNames } from './api.ts';

/** Several people have the name that was typed. */
export class Ambiguous extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super(`Several people are meant: ${names.join(', ')}.`);
    this.name = 'Ambiguous';
    this.names = names;
  }
}

export interface Named {
  id: string;
  name: string;
  server?: string;
}

/** The id of a server that is called something. */
type IdOf = (label: string) => string | undefined;

/**
 * The one person of a list who is meant by `@name`, `name` or `@name:server`; undefined for nobody. A server is what the
 * list calls it, or, with `idOf`, what else it is called.
 */
export function personAmong(people: readonly Named[], typed: string, idOf?: IdOf): Named | undefined {
  const { name, server } = readPerson(typed) ?? {};
  if (name === undefined) return undefined;
  const id = server === undefined ? undefined : idOf?.(server);
  const isAt = (one: Named) => server === undefined || one.server === server || serverOf(one.id) === id;
  const found = people.filter((one) => one.name.toLowerCase() === name && isAt(one));
  // A name without a server means somebody of this server first.
  const [one, ...others] =
    server === undefined && found.some((each) => !each.server) ? found.filter((each) => !each.server) : found;
  if (one && others.some((another) => another.id !== one.id))
    throw new Ambiguous(found.map((each) => `@${each.name}${each.server ? `:${each.server}` : ''}`));
  return one;
}

interface Asking {
  readonly servers: Pick<ServerNames, 'elsewhere' | 'idOf'>;
  asks<N extends RequestName>(name: N, payload: Payload<N>): Promise<Reply<N>>;
}

/** The id of somebody by their id, `@name`, or `@name:server`. Refuses with `not-found`, `unavailable`; throws Ambiguous. */
export async function findAnybody({ servers, asks }: Asking, typed: string): Promise<string> {
  const bare = typed.trim().replace(/^@/, '');
  if (check(userId, bare).ok) return bare;
  const meant = readPerson(bare);
  if (!meant) throw new Refusal('not-found');
  const server = meant.server === undefined ? undefined : servers.elsewhere(meant.server);
  const { people } = await asks('user.find', { prefix: meant.name, ...(server !== undefined && { server }) });
  const found = personAmong(people, bare, (label) => servers.idOf(label));
  if (!found) throw new Refusal('not-found');
  return found.id;
}

const rankOf = { member: 0, invited: 1, none: 2 };

/** Of several conversations with one person the one in which they are, or else are asked to be, with the lowest id. */
export function conversationWith(user: string, views: readonly RoomView[]): RoomView | undefined {
  const level = ({ direct }: RoomView): number => rankOf[direct?.membership ?? 'none'];
  return views
    .filter(({ direct }) => direct?.person.id === user)
    .sort((a, b) => level(a) - level(b) || (a.id < b.id ? -1 : 1))[0];
}
