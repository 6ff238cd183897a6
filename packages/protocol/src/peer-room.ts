/** Rooms that span servers, for operators: what waits, for whom, and what stands still. */
import { request } from './define.ts';
import { count, flag, type Infer, line, list, optional, record, text, view } from './field.ts';
import { alias, roomId, serverId } from './id.ts';
import { limits } from './limits.ts';

/** Rooms of one page, and servers of one room: a page is far below a frame. */
const roomsPerPage = 50;
const serversPerRoom = 64;

export const peerRoomView = view({
  room: roomId,
  alias: optional(alias),
  title: text(limits.roomTitle),
  /** The server that keeps its log. */
  clerk: serverId,
  /** The last entry that is on disk here. */
  seq: count(),
  /** Acts of people of this server that wait for the clerk; `oldestAt` in Unix ms. */
  waiting: optional(view({ acts: count(), oldestAt: count() })),
  /** Of a room that is kept here: the servers of its members, those that are furthest behind first. */
  servers: list(
    view({
      server: serverId,
      isLinked: flag(),
      /** Entries that it has not said it holds; absent where it is not known. */
      behind: optional(count()),
    }),
    serversPerRoom,
  ),
  /** Servers that are not named for want of room. */
  furtherServers: count(),
  /** What of the clerk's log did not hold, and since when it stands still here, Unix ms. */
  still: optional(view({ field: line(64), since: count() })),
  /** Entries that the rules of the room forbid, which its clerk appended all the same, since this server started. */
  forbidden: optional(view({ entries: count(), lastSeq: count(), code: line(32) })),
});
export type PeerRoomView = Infer<typeof peerRoomView>;

export const peerRoom = {
  rooms: request({
    about: 'Rooms that span servers, by id from after one on: what waits in them, and what stands still.',
    from: 'operator',
    payload: record({ after: optional(roomId) }),
    reply: view({ rooms: list(peerRoomView, roomsPerPage), more: flag() }),
  }),
  retry: request({
    about:
      'Dials now what is waited for, hands in what waits, and asks for rooms that stand still again; of one server, or in one room, where that is named.',
    from: 'operator',
    rate: 'create',
    payload: record({ server: optional(serverId), room: optional(roomId) }),
    reply: view({
      /** Addresses that are dialled. */
      dialled: count(),
      /** Rooms that were handed in what waits, or asked for again. */
      rooms: count(),
    }),
  }),
  drop: request({
    about:
      'Gives up what people of this server did in a room and its clerk has not decided; they are told that it is refused.',
    from: 'operator',
    rate: 'create',
    payload: record({ room: roomId }),
    reply: view({ dropped: count() }),
    errors: ['not-found'],
  }),
};
