/** Following one's rooms. Replay and subscription are one step: nothing is missed or sent twice between them. */
import { request } from './define.ts';
import { count, dictionary, list, record, view } from './field.ts';
import { roomId } from './id.ts';
import { limits } from './limits.ts';
import { roomSync, roomView } from './room.ts';

export const sync = {
  start: request({
    about:
      'Follows all rooms of the account. `rooms` tells the last position held of each; what follows comes in the reply when it is short, else the room is reset. Entries then come as events.',
    from: 'guest',
    rate: 'bulk',
    payload: record({ rooms: dictionary(roomId, record({ term: count(), seq: count() }), limits.roomsPerAccount) }),
    reply: view({ rooms: list(roomSync, limits.roomsPerAccount), invitations: list(roomView, limits.roomsPerAccount) }),
  }),
};
