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
 * Among whom a command looks for a person: the members, those who ask to be let in, somebody of this server, members and
 * then anybody who can be banned, or those who are banned and then the same.
 */
export type Among = 'members' | 'knocking' | 'server' | 'bannable' | 'banned';

/** The id of the person who is meant. Throws a Refusal (`not-found`) or Ambiguous. */
export async function findPerson(client: Client, room: Room, typed: string, among: Among): Promise<string> {
  const id = typed.replace(/^@/, '');
  if (check(userId, id).ok) return id;
  const meant = withoutOwnServer(client, id);
  const name = (meant.split(':')[0] ?? '').toLowerCase();
  if (name === '') throw new Refusal('not-found');
  const near = personAmong(await candidates(client, room, name, among), meant);
  if (near) return near.id;
  const isFarToo = among === 'bannable' || among === 'banned';
  const far = isFarToo ? personAmong(await anybody(client, name), meant) : undefined;
  if (!far) throw new Refusal('not-found');
  return far.id;
}

/** People of this server carry no server's name. */
function withoutOwnServer(client: Client, typed: string): string {
  const [name = '', server] = typed.split(':');
  return server !== undefined && server === client.server.get()?.server.name ? name : typed;
}

async function candidates(client: Client, room: Room, name: string, among: Among): Promise<readonly Named[]> {
  if (among === 'server') return ofThisServer(client, name);
  if (among === 'banned') {
    const { banned } = await client.request('member.banned', { room: room.id });
    return banned.map(({ person }) => person);
  }
  if (among === 'knocking') {
    const { knocking } = await client.request('member.knocking', { room: room.id });
    return knocking.map(({ person }) => person);
  }
  const { members } = await room.members({ query: name, limit: 50 });
  return members.map(({ person }) => person);
}

/** Whoever was seen under this name, and whoever has it on this server, each once. */
async function anybody(client: Client, name: string): Promise<readonly Named[]> {
  const seen = client.peopleNamed(name).filter(({ kind }) => kind !== 'imported');
  const people = [...seen, ...(await ofThisServer(client, name))];
  return [...new Map(people.map((person) => [person.id, person])).values()];
}

const ofThisServer = async (client: Client, prefix: string): Promise<readonly Named[]> =>
  (await client.request('user.find', { prefix })).people;

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
