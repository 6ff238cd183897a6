/** Finds rooms, people and messages by what a person types. */
import {
  type Client,
  type Room,
  type RoomAddress,
  type RoomSummary,
  readPerson,
  readRoom,
  roomLabel,
  type ServerNames,
} from '@parley/client';
import { type RawEntry, Refusal, type RoomView } from '@parley/protocol';
import { exits, Failure, usage } from '../exit.ts';
import type { Connected } from './connect.ts';

/**
 * `#ops`, `#ops:chat.example.org` for one that another server keeps, `@bob` for a conversation of two, or the room's id
 * where it has no name.
 */
export function viewLabel(
  { alias, id, server, direct }: Pick<RoomView, 'alias' | 'id' | 'server' | 'direct'>,
  servers: Pick<ServerNames, 'of' | 'labelOf'>,
): string {
  if (direct) {
    const at = servers.labelOf(direct.person.id, direct.person.server);
    return at === undefined ? `@${direct.person.name}` : `@${direct.person.name}:${at}`;
  }
  if (alias === undefined) return id;
  return server === undefined ? `#${alias}` : `#${alias}:${servers.of(server).label}`;
}

/** `#Ops`, `ops`, an id, and the same with a server. Throws a usage failure for anything else. */
export function roomName(typed: string): RoomAddress {
  const address = readRoom(typed);
  if (address) return address;
  throw usage(
    `“${typed}” is no name of a room: letters, digits, . _ and -, as '#ops', or '#ops:chat.example.org' on another server`,
  );
}

/** A room that one may know of, whether or not one is in it. */
export async function findRoom({ client }: Connected, typed: string): Promise<RoomView> {
  if (typed.startsWith('@')) return conversation(client, typed);
  const address = roomName(typed);
  try {
    return await client.resolve(typed);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error;
    const { server } = address;
    if (code === 'unavailable' && server !== undefined)
      throw new Failure(exits.network, code, `${server} cannot be asked now: try again later`, { cause: error });
    if (code !== 'not-found') throw error;
    throw new Failure(exits.forbidden, code, notFound(client.rooms.get(), address), { cause: error });
  }
}

/** One with somebody, whether or not one has accepted it. */
async function conversation(client: Client, typed: string): Promise<RoomView> {
  if (!readPerson(typed)) throw usage(`“${typed}” is no name of a person, as '@bob', or '@bob:chat.example.org'`);
  const view = client.room(typed)?.summary.get().view ?? (await client.resolve(typed).catch(() => undefined));
  if (view) return view;
  const message = `there is no conversation with ${typed}: parley dm '${typed}' TEXT begins one`;
  throw new Failure(exits.forbidden, 'not-found', message);
}

function notFound(rooms: readonly RoomSummary[], address: RoomAddress): string {
  const label = 'id' in address ? address.id : `#${address.alias}`;
  const { server } = address;
  if (server !== undefined)
    return `there is no room ${label} on ${server}, or you may not see it, or your server does not know ${server}`;
  const elsewhere = rooms.find(({ view }) => 'alias' in address && view.alias === address.alias);
  if (elsewhere) return `there is no room ${label} here: do you mean '${roomLabel(elsewhere)}'?`;
  return `there is no room ${label} here, or you may not see it (parley rooms --public lists the open ones)`;
}

/** A room that one is in. */
export async function ownRoom(connected: Connected, typed: string): Promise<Room> {
  const { client } = connected;
  const view = await findRoom(connected, typed);
  const room = client.room(view.id);
  if (room) return room;
  const label = viewLabel(view, client.servers);
  throw new Failure(exits.forbidden, 'not-a-member', `you are not in ${label}: parley join '${label}'`);
}

/** Calls back once when one is no longer in a room; returns what ends the watch. */
export function whenOut({ client }: Connected, room: Room, out: (failure: Failure) => void): () => void {
  const label = roomLabel(room.summary.get());
  const stop = client.rooms.subscribe(() => {
    if (client.room(room.id)) return;
    stop();
    out(new Failure(exits.forbidden, 'not-a-member', `you are no longer in ${label}`));
  });
  return stop;
}

/** A message by its number in the room, as tail --json shows it. */
export async function findMessage({ client, signal }: Connected, room: string, typed: string): Promise<RawEntry> {
  const seq = /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
  if (seq === undefined) throw usage(`“${typed}” is no message: give its number, the seq of parley tail --json`);
  const { entries } = await client.request(
    'history.page',
    { room, around: seq, limit: 1, show: 'everything' },
    { signal },
  );
  const entry = entries.find((each) => each.seq === seq);
  if (entry?.kind === 'message') return entry;
  throw new Failure(exits.forbidden, 'unknown-target', `there is no message ${seq} in this room`);
}
