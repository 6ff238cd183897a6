/** From names that people type to the people, messages and emoji that they mean. */
import { check, type MessageRef, Refusal, userId } from '@parley/protocol';
import type { Client, Room } from '../api.ts';
import { emojiNamed } from './emoji.ts';

/** Several people have the name that was typed. */
export class Ambiguous extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super(`Several people are meant: ${names.join(', ')}.`);
    this.name = 'Ambiguous';
    this.names = names;
  }
}

interface Named {
  id: string;
  name: string;
  server?: string;
}

/** The one person of a list who is meant by `@name`, `name` or `@name:server`; undefined for nobody. */
export function personAmong(people: readonly Named[], typed: string): Named | undefined {
  const [name = '', server] = typed.replace(/^@/, '').toLowerCase().split(':');
  const found = people.filter(
    (one) => one.name.toLowerCase() === name && (server === undefined || one.server === server),
  );
  // A name without a server means somebody of this server first.
  const [one, another] =
    server === undefined && found.some((each) => !each.server) ? found.filter((each) => !each.server) : found;
  if (one && another && one.id !== another.id)
    throw new Ambiguous(found.map((each) => `@${each.name}${each.server ? `:${each.server}` : ''}`));
  return one;
}

/**
 * The id of the person who is meant: a member, where `where` says so also somebody of this server, or somebody who is
 * banned. Throws a Refusal (`not-found`) or Ambiguous.
 */
export async function findPerson(
  client: Client,
  room: Room,
  typed: string,
  where: 'members' | 'server' | 'banned',
): Promise<string> {
  const name = typed.replace(/^@/, '');
  if (check(userId, name).ok) return name;
  const found = personAmong(await candidates(client, room, name.split(':')[0] ?? name, where), typed);
  if (!found) throw new Refusal('not-found');
  return found.id;
}

async function candidates(client: Client, room: Room, name: string, where: string): Promise<readonly Named[]> {
  if (name === '') return [];
  if (where === 'banned') {
    const { banned } = await client.request('member.banned', { room: room.id });
    return banned.map(({ person }) => person);
  }
  if (where === 'server') return (await client.request('user.find', { prefix: name })).people;
  const { members } = await room.members({ query: name, limit: 50 });
  return members.map(({ person }) => person);
}

/** The message of a number in the log; without one the newest of the room. Throws a Refusal (`unknown-target`). */
export async function findMessage(client: Client, room: Room, seq: number | undefined): Promise<MessageRef> {
  const where = seq === undefined ? {} : { around: seq };
  const { entries } = await client.request('history.page', { room: room.id, ...where, limit: 50, show: 'rows' });
  const found = entries.findLast((entry) => entry.kind === 'message' && (seq === undefined || entry.seq === seq));
  if (!found) throw new Refusal('unknown-target');
  return { user: found.user, clientId: found.clientId };
}

/** The emoji that `:tada:`, `tada` or the emoji itself stand for; undefined for an unknown short name. */
export function findEmoji(typed: string): string | undefined {
  const name = typed.replace(/^:|:$/g, '').toLowerCase();
  const known = emojiNamed(name);
  if (known !== undefined) return known;
  return /^[\w:+-]*$/.test(typed) && !/^[0-9#*]\ufe0f?\u20e3$/.test(typed) ? undefined : typed;
}
