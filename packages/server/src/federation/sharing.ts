/** Which servers share a room with this one, and so may hear and say who does what there. */
import { isDenied, participants } from '@parley/room';
import type { LoadedRoom } from '../loaded-room.ts';
import type { Rooms } from '../rooms.ts';
import type { Peers } from './peers.ts';

/** Whether a server has people in a room that may take part. */
export const isIn = (room: LoadedRoom | undefined, server: string): room is LoadedRoom =>
  room !== undefined && !room.archive && participants(room.state).has(server) && !isDenied(room.state, server);

/** Other servers that share one of these rooms, as far as they are linked. */
export function sharing(
  { rooms, peers, id: here }: { rooms: Pick<Rooms, 'peek'>; peers: Pick<Peers, 'linked'>; id: string },
  ids: Iterable<string>,
): string[] {
  const shared = [...ids].flatMap((id) => rooms.peek(id) ?? []);
  return peers.linked().filter((server) => server !== here && shared.some((room) => isIn(room, server)));
}
