/** Finds rooms, people and messages by what a person types. */
import type { Room } from '@parley/client';
import { alias, check, normalizeAlias, type RawEntry, Refusal, type RoomView, roomId } from '@parley/protocol';
import { exits, Failure, usage } from '../exit.ts';
import type { Connected } from './connect.ts';

/** `#ops`, or the room's id where it has no name. */
export const roomLabel = ({ alias: name, id }: Pick<RoomView, 'alias' | 'id'>): string => (name ? `#${name}` : id);

/** `#Ops`, `ops` and an id as the protocol wants them. Throws a usage failure for anything else. */
export function roomName(typed: string): { id: string } | { alias: string } {
  if (check(roomId, typed).ok) return { id: typed };
  const name = normalizeAlias(typed);
  if (check(alias, name).ok) return { alias: name };
  throw usage(`“${typed}” is no name of a room: letters, digits, . _ and -, as '#ops'`);
}

/** A room that one may know of, whether or not one is in it. */
export async function findRoom(connected: Connected, typed: string): Promise<RoomView> {
  const { client, signal } = connected;
  const name = roomName(typed);
  const isMeant = (view: RoomView) => ('id' in name ? view.id === name.id : view.alias === name.alias);
  const held = client.rooms.get().find(({ view }) => isMeant(view))?.view ?? client.invitations.get().find(isMeant);
  if (held) return held;
  try {
    const reply =
      'id' in name
        ? await client.request('room.get', { room: name.id }, { signal })
        : await client.request('room.resolve', { alias: name.alias }, { signal });
    return reply.room;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not-found') throw error;
    const label = 'id' in name ? name.id : `#${name.alias}`;
    const message = `there is no room ${label} here, or you may not see it (parley rooms --public lists the open ones)`;
    throw new Failure(exits.forbidden, 'not-found', message, { cause: error });
  }
}

/** A room that one is in. */
export async function ownRoom(connected: Connected, typed: string): Promise<Room> {
  const view = await findRoom(connected, typed);
  const room = connected.client.room(view.id);
  if (room) return room;
  const label = roomLabel(view);
  throw new Failure(exits.forbidden, 'not-a-member', `you are not in ${label}: parley join '${label}'`);
}

/** Calls back once when one is no longer in a room; returns what ends the watch. */
export function whenOut({ client }: Connected, room: Room, out: (failure: Failure) => void): () => void {
  const label = roomLabel(room.summary.get().view);
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
