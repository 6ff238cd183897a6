/** Direct conversations: a room of two people, which nobody else can ever enter. */
import { request } from './define.ts';
import { record, view } from './field.ts';
import { userId } from './id.ts';
import { roomSync } from './room.ts';

export const direct = {
  open: request({
    about:
      'The conversation with somebody: the one there is, else a new one, into which they are invited. Of several the one with the lowest id. Who was invited by them joins by it; who left comes back while the other is there.',
    from: 'account',
    rate: 'create',
    payload: record({ user: userId }),
    reply: view({ sync: roomSync }),
    errors: ['unknown-target', 'blocked', 'too-many', 'unavailable'],
  }),
};
