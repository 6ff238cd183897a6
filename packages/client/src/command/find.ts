/** From names that people type to the people, messages and emoji that they mean. */
import { check, type MessageRef, Refusal, userId } from '@parley/protocol';
import { readPerson } from '../address.ts';
import type { Client, Room } from '../api.ts';
import { Ambiguous, type Named, personAmong } from '../person.ts';
import { emojiNamed } from './emoji.ts';

export { Ambiguous, personAmong };

/**
 * Among whom a command looks for a person: the members, those who ask to be let in, anybody of a server (without one, of
 * one's own), members and then anybody who can be banned, or those who are banned and then the same.
 */
export type Among = 'members' | 'knocking' | 'server' | 'bannable' | 'banned';

/** The id of the person who is meant. Throws a Refusal (`not-found`, `unavailable`) or Ambiguous. */
export async function findPerson(client: Client, room: Room, typed: string, among: Among): Promise<string> {
  const id = typed.replace(/^@/, '');
  if (check(userId, id).ok) return id;
  const meant = readPerson(id);
  if (!meant) throw new Refusal('not-found');
  const people = await candidates(client, room, meant, among);
  const near = personAmong(people, id, (label) => client.servers.idOf(label));
  if (near) return near.id;
  if (among !== 'bannable' && among !== 'banned') throw new Refusal('not-found');
  const far = personAmong(await anybody(client, meant), id, (label) => client.servers.idOf(label));
  if (!far) throw new Refusal('not-found');
  return far.id;
}

type Meant = NonNullable<ReturnType<typeof readPerson>>;

async function candidates(client: Client, room: Room, meant: Meant, among: Among): Promise<readonly Named[]> {
  const { name } = meant;
  if (among === 'server') return ofServer(client, meant);
  if (among === 'banned') {
    const { banned } = await client.request('member.banned', { room: room.id });
    return banned.map(({ person }) => person);
  }
  if (among === 'knocking') {
    const { knocking } = await client.request('member.knocking', { room: room.id });
    return knocking.map(({ person }) => person);
  }
  await learnServer(client, meant);
  const { members } = await room.members({ query: name, limit: 50 });
  return members.map(({ person }) => person);
}

/** What the typed name of a server means is asked where it was never heard. */
async function learnServer(client: Client, meant: Meant): Promise<void> {
  if (meant.server === undefined || client.servers.idOf(meant.server) !== undefined) return;
  await ofServer(client, meant).catch(() => []);
}

/** Whoever was seen under this name, and whoever has it on that server, each once. */
async function anybody(client: Client, meant: Meant): Promise<readonly Named[]> {
  const seen = client.peopleNamed(meant.name).filter(({ kind }) => kind !== 'imported');
  const people = [...seen, ...(await ofServer(client, meant))];
  return [...new Map(people.map((person) => [person.id, person])).values()];
}

/** People of a server, of one's own where none is named, whose names begin like this one. */
async function ofServer(client: Client, { name, server: typed }: Meant): Promise<readonly Named[]> {
  const server = typed === undefined ? undefined : client.servers.elsewhere(typed);
  return (await client.request('user.find', { prefix: name, ...(server !== undefined && { server }) })).people;
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
